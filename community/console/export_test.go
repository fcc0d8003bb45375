package console

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/weilu-im/weilu/bot"
)

// Asked is how the arguments of a usage are asked for, each as kind and label, choices or what can be written.
func Asked(usage, args string) (list []string) {
	for _, f := range fieldsOf(usage, args) {
		text := string(f.Kind) + " " + f.Label
		for _, c := range f.Choices {
			text += "|" + c
		}
		if f.Hint != "" {
			text += "(" + f.Hint + ")"
		}
		if f.Optional {
			text += "?"
		}
		list = append(list, text)
	}
	return list
}

// Draw is how a chart is laid out: how many lines across, bars and points, and the texts of the lines.
func Draw(c bot.Chart) (grid []string, bars, points int) {
	d := draw(c, "c")
	for _, g := range d.Grid {
		grid = append(grid, g.Text)
	}
	for _, l := range d.Lines {
		points += len(l.Dots)
	}
	return grid, len(d.Bars), points
}

// Routes are all routes of the console, each as its method and pattern: what is added later is among them.
func (c *Console) Routes() (list []string) {
	_ = chi.Walk(c.router, func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		list = append(list, method+" "+route)
		return nil
	})
	return list
}
