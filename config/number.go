package config

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"regexp"
	"strconv"
	"strings"
)

// setScalar sets rv to what text says; an error when it says nothing that rv can hold.
func setScalar(rv reflect.Value, text string) error {
	switch kind := rv.Kind(); {
	case kind == reflect.Bool:
		b, ok := truths[strings.ToLower(text)]
		if !ok {
			return errNotScalar
		}
		rv.SetBool(b)
	case rv.CanInt():
		n, err := parseInt(text)
		if err != nil || rv.OverflowInt(n) {
			return errNotScalar
		}
		rv.SetInt(n)
	case rv.CanUint():
		n, err := strconv.ParseUint(digits(text), 10, 64)
		if err != nil || rv.OverflowUint(n) {
			return errNotScalar
		}
		rv.SetUint(n)
	default:
		x, err := strconv.ParseFloat(digits(text), 64)
		if err != nil || math.IsInf(x, 0) || math.IsNaN(x) || rv.OverflowFloat(x) {
			return errNotScalar
		}
		rv.SetFloat(x)
	}
	return nil
}

var (
	errNotScalar = errors.New("not a value of this kind")
	truths       = map[string]bool{"true": true, "yes": true, "on": true, "false": false, "no": false, "off": false}
	halfWidth    = strings.NewReplacer("０", "0", "１", "1", "２", "2", "３", "3", "４", "4", "５", "5",
		"６", "6", "７", "7", "８", "8", "９", "9", "．", ".", "－", "-", "＋", "+")
	decimal = regexp.MustCompile(`^[+-]?((0|[1-9][0-9]*(_[0-9]+)*)(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$`)
)

// digits is a decimal number without its underscores, "" when text is none: hexadecimal and
// octal are not what people mean by 0x10 and 010.
func digits(text string) string {
	if !decimal.MatchString(text) {
		return ""
	}
	return strings.TrimPrefix(strings.ReplaceAll(text, "_", ""), "+")
}

func parseInt(text string) (int64, error) { return strconv.ParseInt(digits(text), 10, 64) }

// wanted says what values of t look like.
func wanted(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "text"
	case reflect.Bool:
		return "true or false"
	case reflect.Float32, reflect.Float64:
		return "a number"
	case reflect.Int, reflect.Int64:
		return "a whole number"
	case reflect.Uint, reflect.Uint64:
		return "a whole number from 0"
	case reflect.Int8, reflect.Int16, reflect.Int32:
		most := int64(1)<<(t.Bits()-1) - 1
		return fmt.Sprintf("a whole number from %d to %d", -most-1, most)
	}
	return fmt.Sprintf("a whole number from 0 to %d", uint64(1)<<t.Bits()-1)
}
