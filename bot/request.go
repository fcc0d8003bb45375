package bot

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"math/rand/v2"
	"strings"
	"time"
	"unicode"
)

// Request is one event on its way through the features. It collects what they say; nothing leaves before the commit.
type Request struct {
	Event
	Actor     Actor
	Seq       int64  // the event's number in the inbox
	Args      string // a command's arguments, as typed
	Confirmed bool   // the sender has confirmed this command
	Basis     string // of a confirmed command: what it was asked on; see community.Confirmations

	engine  *Engine
	feature string
	said    []Outgoing
	rand    *rand.Rand

	grace   time.Duration // Tick: until when after Slot it is in time
	ritual  bool          // what is said belongs to an occurrence
	skipped string        // why the occurrence is skipped
}

// Refusal is an error that undoes a handler's work and is said to the person instead.
type Refusal struct{ Text string }

func (r *Refusal) Error() string { return "refused: " + r.Text }

// Refuse undoes the handler's work and says text instead. text is in the reader's language and kind.
func Refuse(text string) error { return &Refusal{Text: text} }

// T is a text of the request's feature in the language spoken here. kv are pairs of a name and a value for
// the text's {{.Name}}. A key that does not exist in a catalogue is refused at start where it is known, and
// printed as the key otherwise.
func (r *Request) T(key string, kv ...any) string {
	return r.engine.speech.text(r.Actor.Language, r.feature, key, kv)
}

// Feature is the name of the feature that is handling the request.
func (r *Request) Feature() string { return r.feature }

// Command is the command's name as the sender typed it.
func (r *Request) Command() string {
	text := strings.TrimSpace(strings.TrimLeft(r.Text, "/／"))
	if i := strings.IndexFunc(text, func(c rune) bool { return unicode.IsSpace(c) || c == '@' || c == '＠' }); i >= 0 {
		return text[:i]
	}
	return text
}

// Secret tells whether the message is a command whose words are not to be kept: one with Command.Secret, in private.
func (r *Request) Secret() bool {
	if r.engine == nil || r.Kind != Message || r.Form != Text || r.Actor.Group != "" {
		return false
	}
	name, _, _ := split(r.Text)
	c, ok := r.engine.commands[name]
	return ok && c.Secret
}

// IsCommand tells whether a message with this text would be a command, whoever says it.
func (r *Request) IsCommand(text string) bool { return r.engine != nil && r.engine.IsCommand(text) }

// In is the request seen by another feature, for its texts; what it says is not collected.
func (r *Request) In(feature string) *Request {
	other := *r
	other.feature, other.said = feature, nil
	return &other
}

// Refuse is Refuse with a text of the feature.
func (r *Request) Refuse(key string, kv ...any) error { return Refuse(r.T(key, kv...)) }

// Reply answers in the chat that the event came from.
func (r *Request) Reply(text string) {
	o := Outgoing{Text: text, Priority: Answer}
	if r.Actor.Group != "" {
		o.Group = r.Actor.Group
	} else {
		o.Member = r.Actor.Member
	}
	r.Send(o)
}

// Say speaks to a group.
func (r *Request) Say(group, text string) { r.Send(Outgoing{Group: group, Text: text, Priority: Post}) }

// Whisper speaks to a member in private.
func (r *Request) Whisper(member, text string) {
	r.Send(Outgoing{Member: member, Text: text, Priority: Answer})
}

// toActor tells whether something is said in private to whoever the event comes from.
func (r *Request) toActor(o *Outgoing) bool {
	return o.Member != "" && (o.Member == r.Actor.Origin || o.Member == r.Actor.Member)
}

// Send says o. Feature, Event and SaidAt are filled in.
func (r *Request) Send(o Outgoing) {
	if (o.Group == "") == (o.Member == "") {
		return // nobody to hear it: an event without a sender has no one to answer
	}
	if o.Member != "" && o.Member == r.Actor.Member && r.Actor.Origin != "" {
		o.Member = r.Actor.Origin // of several users of one person, the one who asked
	}
	o.Feature, o.Event, o.SaidAt, o.ritual = r.feature, r.ID, r.At, r.ritual
	if o.Via == "" && o.Group == r.Actor.Group {
		o.Via = r.Transport // answered where it was asked
	}
	if o.Priority == 0 {
		o.Priority = Post
	}
	r.said = append(r.said, o)
}

// Later makes a Tick of the feature's job due at the given time. While one of the same job and key is
// waiting, the earlier one stands. It is stored with the handler's work and survives restarts.
func (r *Request) Later(ctx context.Context, at time.Time, job, key string) error {
	return r.engine.later(ctx, r.feature+"."+job, key, at)
}

// Again runs text as a command of the same sender, in the same transaction, with Confirmed set: how a
// confirmed command goes on.
func (r *Request) Again(ctx context.Context, text string) error {
	return r.engine.again(ctx, r, text)
}

// Commands are the commands that this person may use here, in the order of the features.
func (r *Request) Commands() []Offer { return r.engine.offers(r) }

// Rand is this event's own source of chance: seeded from the event's id and the community's secret, so that
// a replay is the same and nobody can predict it.
func (r *Request) Rand() *rand.Rand {
	if r.rand == nil {
		h := sha256.New()
		h.Write(*r.engine.opts.Secret)
		h.Write([]byte(r.ID))
		sum := h.Sum(nil)
		r.rand = rand.New(rand.NewPCG(binary.LittleEndian.Uint64(sum), binary.LittleEndian.Uint64(sum[8:])))
	}
	return r.rand
}

// SubKey is a secret for one purpose, made of the community's: always the same, and of no use to find out another. Who
// is chosen by it can't be foreseen.
func (r *Request) SubKey(purpose string) []byte {
	h := hmac.New(sha256.New, *r.engine.opts.Secret)
	h.Write([]byte(purpose))
	return h.Sum(nil)
}
