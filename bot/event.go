package bot

import "time"

// Kind says what happened.
type Kind string

// The kinds of events. Transports make the first group, the engine and the schedule the second.
const (
	Message     Kind = "message"      // somebody said something, in a group or in private
	Joined      Kind = "joined"       // From entered the group; By, if known, brought them
	Left        Kind = "left"         // From is no longer in the group
	Renamed     Kind = "renamed"      // From is now called From.Name
	Recalled    Kind = "recalled"     // From took back the message whose event is Ref
	Tapped      Kind = "tapped"       // From nudged the person in Mentions[0], or the bot (ToBot)
	MembersSeen Kind = "members_seen" // the transport read the whole member list of a group: Members
	SessionUp   Kind = "session_up"   // the transport is logged in; Session names the login
	SessionDown Kind = "session_down" // the transport lost its login
	FriendAsked Kind = "friend_asked" // From wants to be the bot's friend, saying Text; Ref is what the transport needs to accept them

	Tick      Kind = "tick"      // a job is due: Job, Slot and, for r.Later, Key
	Delivered Kind = "delivered" // what became of something said: Ref, Outcome
)

// Form is the shape of a message.
type Form string

// The forms of messages. A form that is unknown is treated like Other.
const (
	Text  Form = "text"
	Image Form = "image"
	Link  Form = "link"
	File  Form = "file"
	Other Form = "other"
)

// ChatID is a transport's name for a chat. It means nothing outside that transport, and may change at each login.
type ChatID string

// UserID is a transport's name for a person. It means nothing outside that transport, and may change at each login.
type UserID string

// Person is what a transport knows of somebody. All names are hostile input.
type Person struct {
	User    UserID
	Name    string // nickname
	Display string // name in this group, where it differs
	Remark  string // the name that the bot's own account gave this friend
	Avatar  string // a digest of the picture
	Attr    string // further attributes that survive a login, as one comparable string
	Stable  bool   // User stays the same for ever: the id itself is the evidence
	Self    bool   // this is the bot's own account
	Friend  bool   // the bot may write to them in private
	Admin   bool   // the platform says that they run this group: a hint for what they are told, never a role
}

// Called is the name that others see: Display, else Name.
func (p Person) Called() string {
	if p.Display != "" {
		return p.Display
	}
	return p.Name
}

// Quote is the message that another message answers.
type Quote struct {
	ID   string // the event of the quoted message, where the transport tells
	From Person
	Text string
}

// Event is something that happened. The same happening always has the same ID, however often and by
// whatever way it is told. At is when it happened; it is the only clock that handlers read.
type Event struct {
	ID        string
	Kind      Kind
	At        time.Time // when it happened, UTC
	SeenAt    time.Time // when the transport learned of it, UTC
	Transport string    // the name of the transport that told it
	Session   string    // the login it was told in
	Backlog   bool      // it happened before the session began

	Chat     ChatID
	ChatName string
	BotName  string // what the bot is called in this chat
	Private  bool   // a chat of two: From and the bot
	From     Person
	By       *Person // who invited or removed From; nil also where it was the bot

	Form     Form
	Text     string
	Len      int // length in characters, also where Text is not known
	Quote    *Quote
	Mentions []Person // without the bot
	ToBot    bool     // the message addresses the bot
	Media    string   // a digest of the picture or file

	Ref     string   // Recalled: the message's event; Delivered: Outgoing.Ref
	Members []Person // MembersSeen

	Job     string // Tick: "feature.job"
	Key     string // Tick: the key given to Later
	Slot    time.Time
	Outcome Outcome // Delivered

	// Table is the rows of a file that came with a command that takes one. Only parts of this process set it.
	Table [][]string

	// Member, when set, is the community's own id of the sender. Only parts of this process that have
	// proven who is acting (console, clock, tests) set it; a transport never does.
	Member string
}
