package config

import (
	"encoding"
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"
)

// expected reports a value that is no what.
func (d decoder) expected(p path, l leaf, what string) {
	d.file.report(l.From, p, "expected "+what+", got "+d.show(l))
}

// show is what an error may say about a value.
func (d decoder) show(l leaf) string {
	switch {
	case l.Style == list:
		return "a list"
	case l.isNull(), l.Text == "":
		return "nothing"
	case d.secret:
		return "a secret (********)"
	case l.Style != quoted && simpleValue.MatchString(l.Text):
		return clip(l.Text)
	}
	return strconv.Quote(clip(l.Text))
}

var simpleValue = regexp.MustCompile(`^[\p{L}\p{N}.:_/+-]+$`)

// single is the scalar that v must be; false when it was reported.
func (d decoder) single(p path, v any, what string) (leaf, bool) {
	l, ok := v.(leaf)
	if !ok {
		d.file.report(d.file.near(p), p, "expected "+what+"; found keys below it")
		return l, false
	}
	if l.Style == list || l.Style == plain && l.isNull() {
		d.expected(p, l, what)
		return l, false
	}
	return l, true
}

func (d decoder) text(p path, v any, u encoding.TextUnmarshaler) {
	l, ok := d.single(p, v, "a value")
	if !ok {
		return
	}
	err := u.UnmarshalText([]byte(l.Text))
	switch {
	case err == nil:
	case d.secret:
		d.file.report(l.From, p, "not accepted (the value is a secret: ********)")
	case strings.Contains(err.Error(), l.Text):
		d.file.report(l.From, p, err.Error())
	default:
		d.file.report(l.From, p, err.Error()+" (got "+d.show(l)+")")
	}
}

func (d decoder) duration(p path, v any, rv reflect.Value) {
	const what = "a duration with its unit, like 90s, 15m, 24h or 90d"
	if l, ok := d.single(p, v, what); ok {
		span, err := parseDuration(strings.TrimSpace(l.Text))
		if err != nil {
			d.expected(p, l, what)
			return
		}
		rv.Set(reflect.ValueOf(span))
	}
}

func (d decoder) scalar(p path, v any, rv reflect.Value) {
	what := wanted(rv.Type())
	l, ok := d.single(p, v, what)
	if !ok {
		return
	}
	if rv.Kind() == reflect.String {
		rv.SetString(l.Text)
		return
	}
	text := strings.TrimSpace(l.Text)
	err := setScalar(rv, text)
	if half := halfWidth.Replace(text); err != nil && half != text && !d.secret && setScalar(reflect.New(rv.Type()).Elem(), half) == nil {
		d.file.report(l.From, p, fmt.Sprintf("expected %s in half-width digits: write %s, not %s", what, half, clip(text)))
		return
	}
	if err != nil {
		d.expected(p, l, what)
	}
}
