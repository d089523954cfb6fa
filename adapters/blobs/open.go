package blobs

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"parley/domain/blob"
)

// Config says where blobs are.
type Config struct {
	// Place is a folder, or s3://bucket/prefix with the parameters endpoint (host
	// and port; Amazon's if left out), region and insecure=true (http).
	Place string
	// Reserve is how many bytes of a folder's disk are kept free: below it no blob is
	// taken; 0: none.
	Reserve int64
	// AccessKey and SecretKey are those of an S3 store. Without, they come from
	// the variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, else from the
	// machine's role.
	AccessKey, SecretKey string
	// Transport carries the requests to an S3 store; nil means a usual one.
	Transport http.RoundTripper
}

const scheme = "s3://"

// Open returns the store. It connects to nothing. An error says what is wrong
// with the place.
func Open(c Config) (blob.Store, error) {
	if strings.HasPrefix(c.Place, scheme) {
		return openBucket(c)
	}
	if strings.Contains(c.Place, "://") {
		return nil, errors.New("must be a folder or s3://bucket")
	}
	f, err := NewFolder(c.Place)
	if err != nil {
		return nil, err
	}
	f.reserve = c.Reserve
	return f, nil
}

func openBucket(c Config) (*Bucket, error) {
	place, err := url.Parse(c.Place)
	if err != nil || place.Host == "" || place.User != nil {
		return nil, errors.New("must be s3://bucket, with the keys in variables of their own")
	}
	options := place.Query()
	for name := range options {
		if name != "endpoint" && name != "region" && name != "insecure" {
			return nil, errors.New("knows the parameters endpoint, region and insecure")
		}
	}
	endpoint := options.Get("endpoint")
	if endpoint == "" {
		endpoint = "s3.amazonaws.com"
	}
	client, err := minio.New(endpoint, &minio.Options{
		Creds: c.credentials(), Secure: options.Get("insecure") != "true", Region: options.Get("region"), Transport: c.Transport, MaxRetries: 3,
	})
	if err != nil {
		return nil, fmt.Errorf("cannot use the endpoint: %w", err)
	}
	return &Bucket{client: client, name: place.Host, prefix: prefixOf(place.Path)}, nil
}

// prefixOf makes the path of a place the beginning of keys.
func prefixOf(path string) string {
	if path = strings.Trim(path, "/"); path == "" {
		return ""
	}
	return path + "/"
}

func (c Config) credentials() *credentials.Credentials {
	if c.AccessKey != "" {
		return credentials.NewStaticV4(c.AccessKey, c.SecretKey, "")
	}
	return credentials.NewChainCredentials([]credentials.Provider{&credentials.EnvAWS{}, &credentials.IAM{}})
}
