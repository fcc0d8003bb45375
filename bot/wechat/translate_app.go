package wechat

import (
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"

	"github.com/weilu-im/weilu/bot"
)

// The types of shared things that are told apart.
const (
	appMusic    = 3
	appVideo    = 4
	appLink     = 5
	appFile     = 6
	appSolitary = 53 // 接龙
	appQuote    = 57
)

// content is what the XML of a message says, as far as it is used.
type content struct {
	Image struct {
		MD5 string `xml:"md5,attr"`
	} `xml:"img"`
	App struct {
		Title string `xml:"title"`
		Type  int    `xml:"type"`
		MD5   string `xml:"md5"`
		Refer struct {
			ID      string `xml:"svrid"`
			Name    string `xml:"displayname"`
			Content string `xml:"content"`
		} `xml:"refermsg"`
	} `xml:"appmsg"`
	Recall struct {
		OldID   string `xml:"oldmsgid"`
		ID      string `xml:"msgid"`
		NewID   string `xml:"newmsgid"`
		Replace string `xml:"replacemsg"`
	} `xml:"revokemsg"`
}

// maxXML is how much of a message's XML is read, in bytes.
const maxXML = 256 << 10

// parse reads XML as far as it makes sense.
func parse(src string) (c content) {
	if i := strings.IndexByte(src, '<'); i > 0 {
		src = src[i:]
	}
	dec := xml.NewDecoder(strings.NewReader(src[:min(len(src), maxXML)]))
	dec.Strict = false
	dec.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	_ = dec.Decode(&c) // what could be read counts
	return c
}

var md5Form = regexp.MustCompile(`^[0-9a-fA-F]{32}$`)

// mediaOf is what identifies a picture, where its XML tells.
func mediaOf(src string) string { return mediaID(parse(src).Image.MD5) }

func mediaID(md5 string) string {
	if !md5Form.MatchString(md5) {
		return ""
	}
	return "md5:" + strings.ToLower(md5)
}

// shared writes a shared thing into an event.
func (d *draft) shared(ev *bot.Event, r *room, src string, m rawMessage) {
	c := parse(src)
	title := decode(string(m.FileName))
	if title == "" {
		title = c.App.Title
	}
	kind := int(m.AppMsgType)
	if kind == 0 {
		kind = c.App.Type
	}
	switch kind {
	case appMusic, appVideo, appLink:
		ev.Form = bot.Link
		ev.Text, ev.Len = cut(title, maxText)
	case appFile:
		ev.Form, ev.Media = bot.File, mediaID(c.App.MD5)
	case appSolitary:
		d.spoken(ev, r, title)
	case appQuote:
		d.spoken(ev, r, title)
		q := d.quote(r, strings.TrimSpace(c.App.Refer.Name), c.App.Refer.Content)
		if digits.MatchString(c.App.Refer.ID) {
			q.ID = Name + "/" + c.App.Refer.ID
		}
		ev.Quote = q
	default:
		ev.Form = bot.Other
	}
}

var digits = regexp.MustCompile(`^[1-9][0-9]{0,30}$`)

// took are the ways in which webwx says who took a message back.
var took = regexp.MustCompile(`^["“]?(.+?)["”]? ?(?:撤回了|has recalled |recalled )`)

// recalled makes the event of a message that was taken back. from is empty where the message does not say whose it is.
// r is nil in private.
func (d *draft) recalled(r *room, from, body string, m rawMessage) {
	c := parse(decode(body)).Recall
	ev := d.event(r, bot.Recalled, messageID(m), d.when(m))
	if r == nil {
		ev.Private, ev.BotName = true, d.nick
	}
	said := ""
	for _, id := range [...]string{c.OldID, c.ID, c.NewID} { // the later, the better, unless one was heard
		if !digits.MatchString(id) {
			continue
		}
		if by := d.said(Name + "/" + id); by != "" {
			ev.Ref, said = Name+"/"+id, by
			break
		}
		ev.Ref = Name + "/" + id
	}
	if ev.Ref == "" {
		return
	}
	if from == "" {
		from = d.recaller(r, strings.TrimSpace(c.Replace), said)
	}
	if from != "" {
		ev.From = d.person(r, from)
	}
	d.tell(ev)
}

// recaller is who took back what said has said, by the line that stands in the message's place.
func (d *draft) recaller(r *room, line, said string) string {
	name := took.FindStringSubmatch(line)
	if name == nil {
		return said
	}
	users := d.who(r, name[1])
	switch {
	case len(users) == 1:
		return users[0]
	case len(users) == 0 || len(remove(users, said)) < len(users):
		return said // the name is of nobody else for certain
	default:
		return ""
	}
}

// friendRef is what accepting a friend needs, in one word.
func friendRef(user, ticket string) string { return user + " " + ticket }

// friendTicket reads what friendRef wrote.
func friendTicket(ref string) (user, ticket string, err error) {
	user, ticket, ok := strings.Cut(ref, " ")
	if !ok || user == "" || ticket == "" {
		return "", "", errors.New("not the reference of a friend request")
	}
	return user, ticket, nil
}
