package console

import (
	"net/http"

	"github.com/weilu-im/weilu/bot"
)

// commandGroup is the commands of a feature.
type commandGroup struct {
	Title    string
	Commands []commandEntry
}

type commandEntry struct {
	asking
	Usage string
	Role  string
}

// commands shows all that the reader may do: first what they may as a manager.
func (c *Console) commands(w http.ResponseWriter, r *http.Request) {
	p := c.newPage(r)
	p.Title, p.At = p.T("commands.title"), "commands"
	var body struct{ Staff, Own []commandGroup }
	for _, o := range c.opts.Engine.Offers(p.Reader.Lang) {
		if o.Role > p.Reader.Role || o.Where == bot.InGroup || leadsHere(o) || o.Table && c.opts.ReadTable == nil {
			continue
		}
		list := &body.Staff
		if o.Role == bot.Member {
			list = &body.Own
		}
		title := c.featureTitle(p.Reader.Lang, o.Feature, p.T("commands.other"))
		if n := len(*list); n == 0 || (*list)[n-1].Title != title {
			*list = append(*list, commandGroup{Title: title})
		}
		g := &(*list)[len(*list)-1]
		e := commandEntry{Usage: o.Usage, Role: c.opts.Engine.Text(p.Reader.Lang, "help", "role."+o.Role.String())}
		e.asking = asking{Command: o.Names[0], Label: o.Names[0], Help: o.Help, Table: o.Table, Back: "/commands"}
		e.Fields = fieldsFor(o, "")
		g.Commands = append(g.Commands, e)
	}
	p.show(w, http.StatusOK, "commands", body)
}
