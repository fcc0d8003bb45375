package wechattest

import (
	"fmt"
	"strings"
)

// speak posts what a person says in a group. Someone who is no member can't; the id is empty then.
func (g *Group) speak(m *message) string {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	m.chat = g
	if g.find(g.s.bot) == nil || m.from != nil && g.find(m.from) == nil {
		return ""
	}
	return g.s.post(m)
}

// Say lets a member say something and returns the message's id. It is empty if the person or the bot is no member.
func (g *Group) Say(p *Person, words string) string { return g.SayRaw(p, Encode(words)) }

// SayRaw posts a content as it is, without encoding it.
func (g *Group) SayRaw(p *Person, content string) string {
	return g.speak(&message{from: p, kind: msgText, content: said(content)})
}

// Quote lets a member reply to a message, which the web gets to see as text.
func (g *Group) Quote(p, quoted *Person, quotedText, reply string) string {
	g.s.mu.Lock()
	name := g.s.seenAs(g, quoted)
	g.s.mu.Unlock()
	return g.Say(p, "「"+name+"："+quotedText+"」\n- - - - - - - - - - - - - - -\n"+reply)
}

// Solitaire lets a member post a 接龙 with these entries, as the text that the web gets to see.
func (g *Group) Solitaire(p *Person, title string, entries ...string) string {
	return g.Say(p, solitaire(title, entries))
}

// SolitaireCard is a 接龙 in its other form, an app message of type 53.
func (g *Group) SolitaireCard(p *Person, title string, entries ...string) string {
	return g.app(p, 53, solitaire(title, entries), "", "", nil)
}

func solitaire(title string, entries []string) string {
	var b strings.Builder
	b.WriteString("#接龙\n" + title + "\n")
	for i, e := range entries {
		fmt.Fprintf(&b, "\n%d. %s", i+1, e)
	}
	return b.String()
}

// Picture lets a member post a picture.
func (g *Group) Picture(p *Person, data []byte) string {
	return g.speak(&message{from: p, kind: msgPicture, media: data, content: said(escapedXML(
		fmt.Sprintf(`<msg><img length="%d" hdlength="0" /></msg>`, len(data)))), fill: func(_ *session, w *wireMessage) {
		w.ImgStatus, w.ImgHeight, w.ImgWidth = 2, 120, 120
	}})
}

// Voice lets a member post a voice message.
func (g *Group) Voice(p *Person, mp3 []byte) string {
	return g.speak(&message{from: p, kind: msgVoice, media: mp3, content: said(escapedXML(
		`<msg><voicemsg endflag="1" length="3400" voicelength="3400" voiceformat="4" /></msg>`)), fill: func(_ *session, w *wireMessage) {
		w.VoiceLength = 3400
	}})
}

// Emoticon lets a member post a sticker.
func (g *Group) Emoticon(p *Person, data []byte) string {
	return g.speak(&message{from: p, kind: msgEmoticon, media: data, content: said(escapedXML(
		`<msg><emoji type="2" md5="8f3b1c2d8f3b1c2d8f3b1c2d8f3b1c2d" len="2048" /></msg>`))})
}

// Link lets a member share a page.
func (g *Group) Link(p *Person, title, url string) string { return g.app(p, 5, title, url, "", nil) }

// File lets a member share a file.
func (g *Group) File(p *Person, name string, data []byte) string {
	return g.app(p, 6, name, "", fmt.Sprintf("<appattach><totallen>%d</totallen></appattach>", len(data)), data)
}

// Transfer lets a member send money to someone; the web sees only that.
func (g *Group) Transfer(p *Person) string { return g.app(p, 2000, "微信转账", "", "", nil) }

// app posts an app message.
func (g *Group) app(p *Person, kind int, title, url, more string, data []byte) string {
	inner := fmt.Sprintf(`<msg><appmsg appid="" sdkver="0"><title>%s</title><des></des><type>%d</type><url>%s</url>%s</appmsg></msg>`,
		cdata(title), kind, strings.ReplaceAll(url, "&", "&amp;"), more)
	return g.speak(&message{from: p, kind: msgApp, media: data, content: said(escapedXML(inner)), fill: func(x *session, w *wireMessage) {
		w.AppMsgType, w.FileName, w.Url = kind, text(Encode(title)), url
		if data != nil {
			w.FileSize, w.MediaId, w.EncryFileName = fmt.Sprint(len(data)), "@crypt_"+x.hash("media "+w.MsgId), title
		}
	}})
}

// Location lets a member share where they are.
func (g *Group) Location(p *Person, place string) string {
	return g.speak(&message{from: p, kind: msgText, content: said(
		Encode(place) + ":<br/>/cgi-bin/mmwebwx-bin/webwxgetpubliclinkimg?url=xxx&amp;msgid=1&amp;pictype=location"), fill: func(_ *session, w *wireMessage) {
		w.Url = "http://apis.map.qq.com/uri/v1/geocoder?coord=31.2,121.4"
		w.OriContent = text(`<?xml version="1.0"?><msg><location x="31.2" y="121.4" label="` + Encode(place) + `" /></msg>`)
	}})
}

// RedPacket lets a member send a red packet; the web does not learn who or how much.
func (g *Group) RedPacket(p *Person) string {
	if g.isEnglish() {
		return g.System("Red packet received. View on phone.")
	}
	return g.System("收到红包，请在手机上查看")
}

// Recall lets a member take back a message, at once or later.
func (g *Group) Recall(p *Person, msgID string) string {
	g.s.mu.Lock()
	line := fmt.Sprintf(`"%s" 撤回了一条消息`, g.s.seenAs(g, p))
	if g.english {
		line = fmt.Sprintf(`"%s" has recalled a message.`, g.s.seenAs(g, p))
	}
	bare := g.s.opt.BareRecalls
	g.s.mu.Unlock()
	return g.speak(&message{from: p, kind: msgRecalled, bare: bare, content: func(x *session) string {
		id := msgID
		if m := x.s.messages[parseID(msgID)]; m != nil {
			id = fmt.Sprint(x.msgID(m.id))
		}
		return escapedXML(fmt.Sprintf(`<sysmsg type="revokemsg"><revokemsg><session>%d@chatroom</session><oldmsgid>%d</oldmsgid>`+
			`<msgid>%s</msgid><replacemsg>%s</replacemsg></revokemsg></sysmsg>`, 10_000_000+g.id, 1_000_000+parseID(msgID)%1_000_000, id, cdata(line)))
	}})
}

// Whisper lets the person say something to the bot in private and returns the message's id.
func (p *Person) Whisper(words string) string {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return p.s.post(&message{chat: p, from: p, kind: msgText, content: said(Encode(words))})
}

// OwnerTypes is the bot's owner writing in a group, on the phone, as the bot.
func (s *Server) OwnerTypes(g *Group, words string) string { return g.Say(s.Bot(), words) }

// OwnerWhispers is the bot's owner writing to somebody on the phone, as the bot.
func (s *Server) OwnerWhispers(to *Person, words string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.post(&message{chat: to, from: s.bot, kind: msgText, content: said(Encode(words))})
}

// escapedXML is how the service puts XML into a content.
func escapedXML(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\n", "<br/>").Replace(s)
}

func cdata(s string) string { return "<![CDATA[" + strings.ReplaceAll(s, "]]>", "") + "]]>" }
