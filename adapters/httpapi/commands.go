package httpapi

// Commands are what routes make happen.
type Commands struct{}
