select k.position, coalesce(r.fingerprint, ''), coalesce(r.stream, ''),
  coalesce(r.first_revision, 0), coalesce(r.last_revision, 0), coalesce(r.position, 0)
from receipts.checkpoint k
left join receipts.receipts r
  on r.organization = $1 and r.kind = $2 and r.person = $3 and r.key = $4
