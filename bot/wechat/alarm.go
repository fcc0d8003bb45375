package wechat

import (
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Alarm is something that an operator should know. It is told once when it begins and once when it is over.
type Alarm struct {
	Code string // what docs/wechat.md explains it under
	Text string // what happened
	Do   string // what the operator should do
	Over bool   // it has ended
}

// The codes of alarms.
const (
	alarmScan        = "scan"
	alarmConfirm     = "confirm"
	alarmUnreachable = "unreachable"
	alarmGarbled     = "garbled"
	alarmStorage     = "storage"
	alarmDisk        = "disk"
	alarmLimited     = "limited"
	alarmLoggedOut   = "logged-out"
	alarmElsewhere   = "elsewhere"
	alarmExpired     = "expired"
	alarmBanned      = "banned"
	alarmRefused     = "refused"
	alarmStopped     = "stopped"
	alarmFrozen      = "frozen"
	alarmDeaf        = "deaf"
	alarmMembers     = "members"
	alarmGap         = "gap"
)

// alarms is the table of all alarms, in the order of docs/wechat.md.
func alarms() []Alarm {
	return []Alarm{
		{Code: alarmScan, Text: "the bot's account is not logged in",
			Do: "open WeChat on the bot's phone, scan the code in the terminal or wechat/login-qr.png in the data directory, and confirm on the phone"},
		{Code: alarmConfirm, Text: "WeChat wants the login confirmed on the bot's phone",
			Do: "tap the button in WeChat on the bot's phone within two minutes; otherwise a code to scan follows"},
		{Code: alarmUnreachable, Text: "WeChat can't be reached",
			Do: "check the network, HTTPS_PROXY and SSL_CERT_FILE; the bot goes on by itself and nothing is lost while the login lives"},
		{Code: alarmGarbled, Text: "WeChat's answers make no sense, so messages wait at WeChat",
			Do: "usually over in minutes; if it lasts, check that no proxy changes the answers, then restart weilu"},
		{Code: alarmStorage, Text: "messages can't be stored, so they wait at WeChat",
			Do: "look in the log for the database's error: a full disk, wrong rights, a database that is down"},
		{Code: alarmDisk, Text: "the login can't be saved",
			Do: "make room on the disk and check the rights of the directory wechat in the data directory; until then a restart needs a new scan or hears old messages twice"},
		{Code: alarmLimited, Text: "WeChat says that the bot speaks too often; it is silent for a while",
			Do: "nothing now; if it comes back, let the bot say less or pause it for a day"},
		{Code: alarmLoggedOut, Text: "the bot was logged out from its phone",
			Do: "if nobody did that on purpose, look at the notices in WeChat on the bot's phone; then confirm or scan again"},
		{Code: alarmElsewhere, Text: "the login ended: it ran out, or the account logged in elsewhere",
			Do: "don't use web or desktop WeChat with the bot's account; confirm or scan again"},
		{Code: alarmExpired, Text: "WeChat no longer accepts this login",
			Do: "look at the notices in WeChat on the bot's phone, then confirm or scan again"},
		{Code: alarmBanned, Text: "WeChat cut the login within a minute: the account is probably warned or banned",
			Do: "don't log in again now: each try makes it worse. Look at the notices in WeChat on the phone and wait at least a day; weilu move-account takes the community to another account"},
		{Code: alarmRefused, Text: "WeChat refuses this account on the web",
			Do: "the account needs a verified name and a bank card, or is too new; use another account, or try again after a day"},
		{Code: alarmStopped, Text: "the last run stopped because WeChat warned, less than an hour ago",
			Do: "read the reason; start with --resume only after looking at WeChat on the phone"},
		{Code: alarmFrozen, Text: "WeChat stopped answering, so the session is begun again",
			Do: "nothing, unless it comes often: then check the network"},
		{Code: alarmDeaf, Text: "nothing was heard for hours although other days were lively then",
			Do: "open WeChat on the bot's phone, keep it charged and online, and send the bot a word; if that does not help, log out the web session on the phone and scan again"},
		{Code: alarmMembers, Text: "member lists can't be read; who speaks is known less exactly",
			Do: "nothing, unless it lasts for a day: then save the groups to the contacts on the bot's phone and restart weilu"},
		{Code: alarmGap, Text: "WeChat does not hand out what was said between the logins; the bot listens from now on",
			Do: "look on the phone for what was said meanwhile; check-ins of that time need a manager's word"},
	}
}

// last tells whether an alarm ends the run.
func last(code string) bool {
	return code == alarmBanned || code == alarmRefused || code == alarmStopped
}

// Alarms gives the table of all alarms, for the documentation.
func Alarms() []Alarm { return alarms() }

// bell tells alarms once per cause.
type bell struct {
	tell func(Alarm)

	mu      sync.Mutex
	ringing map[string]bool
}

func newBell(tell func(Alarm)) *bell { return &bell{tell: tell, ringing: map[string]bool{}} }

// ring begins an alarm, unless it rings already. detail says what is particular to this case.
func (b *bell) ring(code, detail string) {
	if !b.set(code, true) {
		return
	}
	a := lookUp(code)
	if detail = strings.TrimPrefix(detail, a.Text+": "); detail != "" {
		a.Text = fmt.Sprintf("%s (%s)", a.Text, printable(detail))
	}
	b.tell(a)
}

// rings tells whether an alarm has been told and is not over.
func (b *bell) rings(code string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.ringing[code]
}

// hush ends alarms that ring.
func (b *bell) hush(codes ...string) {
	for _, code := range codes {
		if b.set(code, false) {
			a := lookUp(code)
			a.Over, a.Do = true, ""
			b.tell(a)
		}
	}
}

// set tells whether that changed anything.
func (b *bell) set(code string, on bool) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ringing[code] == on {
		return false
	}
	b.ringing[code] = on
	return true
}

func lookUp(code string) Alarm {
	table := alarms()
	return table[slices.IndexFunc(table, func(a Alarm) bool { return a.Code == code })]
}
