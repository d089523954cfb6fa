package markup

// Held returns how many bytes a cache holds, as it counts them itself.
func Held(c *Cache) (bytes int) {
	for _, half := range []map[string]string{c.now, c.before} {
		for body, result := range half {
			bytes += len(body) + len(result) + entryCost
		}
	}
	return bytes
}
