package httpapi

import "parley/commands"

// mirrored is the answer of a command that mirrors: what is there now needs no
// telling.
func mirrored(m commands.MirrorAnswer, err error) (answer, error) {
	return answer{status: 204, position: m.Position}, err
}

// mirroring completes the operations of the commerce system's mirror.
func mirroring(method, path, id, summary string) operation {
	return operation{method: method, path: path, id: id, tag: tagMirror, summary: summary + "; for administrators", success: 204}
}
