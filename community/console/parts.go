package console

import "html/template"

// Templates take one value; these are the pairs that their parts need.
type (
	actPart struct {
		Page *page
		Act  actLink
	}
	chartPart struct {
		Page    *page
		Drawing drawing
	}
	groupPart struct {
		Page  *page
		Group commandGroup
		ID    string
	}
	badgePart struct {
		Page *page
		Name string
		N    int
	}
	fieldsPart struct {
		Page   *page
		Asking asking
		ID     string
	}
)

// parts are the functions of the templates.
func parts() template.FuncMap {
	return template.FuncMap{
		"act":   func(p *page, a actLink) actPart { return actPart{p, a} },
		"chart": func(p *page, d drawing) chartPart { return chartPart{p, d} },
		"badge": func(p *page, name string, n int) badgePart { return badgePart{p, name, n} },
		"group": func(p *page, g commandGroup, id string) groupPart { return groupPart{p, g, id} },
		"fields": func(p *page, fields []field, table bool, id string) fieldsPart {
			return fieldsPart{p, asking{Fields: fields, Table: table}, id}
		},
		"at": func(values []float64, i int) string {
			if i >= len(values) {
				return ""
			}
			return number(values[i])
		},
	}
}
