package bot

// Role is what somebody may do. Roles are bound to member ids, never to names; each includes those before it.
type Role int

// The roles, weakest first.
const (
	Member Role = iota
	Moderator
	Manager
	Owner
)

var roleNames = [...]string{"member", "moderator", "manager", "owner"}

func (r Role) String() string {
	if r < Member || r > Owner {
		return "unknown"
	}
	return roleNames[r]
}

// ParseRole reads the English name of a role.
func ParseRole(s string) (Role, bool) {
	for i, name := range roleNames {
		if s == name {
			return Role(i), true
		}
	}
	return Member, false
}

// Actor is who an event comes from, as the community knows them. The observer fills it in.
type Actor struct {
	Member   string // the community's id; empty where nobody acts
	Origin   string // the id that what they do is kept under: Member, or an id that was merged into it
	Strong   bool   // it is proven who they are: roles and spending work
	Name     string // safe to echo: screened, without control characters, short
	Group    string // the community's id of the group; empty in private
	Role     Role   // what they may do here; Member while their identity is weak
	Asleep   Role   // what they may do once it is proven who they are; Member where that is nothing more
	Bot      bool   // a known bot: never answered
	Active   bool   // the group is adopted, or this is a private chat: the bot may act here
	Language string // what the bot speaks here: zh or en
}
