package httpapi

import "net/http"

// The groups of operations in the documentation.
const (
	tagConversations = "Conversations"
	tagMessages      = "Messages"
	tagRecords       = "Records"
	tagPeople        = "People"
	tagMe            = "Me"
	tagAuth          = "Signing in"
	tagMirror        = "Mirror"
	tagImport        = "Import"
	tagAudit         = "Audit"
	tagFeed          = "Feed"
	tagAdmin         = "Administration"
	tagOperations    = "Operations"
)

// operations is the contract, line by line.
func (a *api) operations() []operation {
	return []operation{
		a.startConversation(), a.listConversations(), a.getConversation(), a.updateConversation(),
		a.deleteConversation(), a.restoreConversation(), a.purgeConversation(),
		a.deleteConversations(), a.closeConversations(), a.reopenConversations(), a.assignConversations(), a.readConversations(),
		a.addMessage(), a.listMessages(), a.uploadAttachment(), a.getAttachment(), a.editMessage(), a.redactMessage(), a.listReaders(),
		a.attachContext(), a.detachContext(), a.addParticipant(), a.removeParticipant(),
		a.closeConversation(), a.reopenConversation(), a.markRead(), a.markUnread(), a.muteConversation(), a.unmuteConversation(), a.getHistory(),
		a.getMe(), a.getUnread(), a.listMyConversations(), a.markAllRead(), a.search(),
		a.getRecordActivities(), a.listPeople(), a.listRecords(), a.getRecord(), a.listRecordTypes(),
		a.mirrorPerson(), a.removePerson(), a.mirrorRecord(), a.removeRecord(),
		a.mirrorRecordType(), a.removeRecordType(), a.mirrorCustomer(), a.removeCustomer(),
		a.mirrorBusinessUnit(), a.removeBusinessUnit(),
		a.beginSignIn(), a.finishSignIn(), a.signOut(),
		a.importLines(), a.getFeed(), a.getLive(),
		a.getSettings(), a.changeSettings(),
		a.listProjections(), a.rebuildProjection(), a.diffProjection(),
		a.getHealth(), a.getReadiness(), a.getMetrics(),
	}
}

// mount routes every operation and publishes it; huma keeps the document, and
// requests go through [api.serve] because the contract's order of refusals is
// not huma's.
func (a *api) mount(all []operation) {
	document := newDocument(a.config.Version)
	for _, op := range append(all, document.pages()...) {
		document.publish(op.declared())
		handler := a.serve(op)
		a.router.Method(op.method, op.path, handler)
		if op.method == http.MethodGet {
			a.router.Head(op.path, handler)
		}
	}
}
