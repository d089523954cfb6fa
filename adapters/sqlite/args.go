package sqlite

import (
	"database/sql/driver"
	"fmt"
	"strings"
	"unicode/utf8"

	"parley/domain/sqldb"
)

// convert brings arguments into the types of the driver: bytes are text, and
// text that PostgreSQL would refuse is refused here too.
func convert(args []any) ([]any, error) {
	converted := make([]any, len(args))
	for i, arg := range args {
		value, err := convertOne(arg)
		if err != nil {
			return nil, fmt.Errorf("argument %d: %w", i+1, err)
		}
		converted[i] = value
	}
	return converted, nil
}

func convertOne(arg any) (any, error) {
	switch value := arg.(type) {
	case nil, int64, bool, float64:
		return value, nil
	case int:
		return int64(value), nil
	case string:
		return value, checkText(value)
	case []byte:
		return string(value), checkText(string(value))
	}
	value, err := driver.DefaultParameterConverter.ConvertValue(arg)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", sqldb.ErrRejected, err)
	}
	switch value := value.(type) {
	case string:
		return value, checkText(value)
	case []byte:
		return string(value), checkText(string(value))
	}
	return value, nil
}

func checkText(text string) error {
	if strings.IndexByte(text, 0) >= 0 {
		return fmt.Errorf("%w: text holds a NUL", sqldb.ErrRejected)
	}
	if !utf8.ValidString(text) {
		return fmt.Errorf("%w: text is not UTF-8", sqldb.ErrRejected)
	}
	return nil
}
