package wechattest

import "time"

// Options say how the imitated service behaves. The zero value is the service as it is described, with long polls of
// 25 seconds and nobody who scans.
type Options struct {
	Nick   string // the bot's own nickname, 积分助手 if empty
	Domain string // where the login leads to, wx.qq.com if empty; wx2.qq.com is the other that occurs
	Seed   string // what all names, ids and tickets derive from: the same seed gives the same ones

	AutoScan  bool          // every QR code is scanned and confirmed at once
	AutoPush  bool          // every push login is confirmed at once
	Hold      time.Duration // how long synccheck waits for news, 25 s if 0
	LoginHold time.Duration // how long a login poll waits for the phone, 25 s if 0
	QRLife    time.Duration // how long a QR code is valid, 5 min if 0

	LaxCookies    bool // requests are believed without cookies; otherwise they must bring what a browser would
	CookiesAtInit bool // webwxinit sets all cookies again, also at a hot login
	CookiesAtSync bool // synccheck sets a cookie, by which openwechat remembers the host of the long poll

	Batch       int // messages and changes in one answer of webwxsync, 40 if 0
	ContactPage int // contacts in one answer of webwxgetcontact, all if 0
	FloodLimit  int // more synccheck requests than this in a second end the session with 1102, if not 0

	Officials       int       // so many official accounts are followed
	English         bool      // lines of the service are English; see also Group.SetEnglish
	Joins           JoinOrder // how the line about a join and the new member list follow each other
	PlainIDs        bool      // messages of type 51 name the group's true id, as they rarely do since 2017
	QuietLogin      bool      // no message of type 51 after a login
	BareRecalls     bool      // recalls carry no sender prefix
	KeepRemarks     bool      // remarks set from the web survive the login, as they no longer do
	RenumberBacklog bool      // a message has another MsgId in each session

	Offline bool             // nothing listens: only Transport reaches the service, which so lives in a bubble of testing/synctest
	Now     func() time.Time // the service's clock, time.Now if nil
}

// JoinOrder says how a join reaches the client.
type JoinOrder int

// The orders of a join's line and its member list.
const (
	JoinTogether  JoinOrder = iota // line and list in one answer of webwxsync, if they fit
	JoinLineFirst                  // the line in one answer, the list in a later one
	JoinListFirst                  // the list in one answer, the line in a later one
	JoinLineOnly                   // the line alone: who wants the list asks for it
)

func (o Options) withDefaults() Options {
	if o.Nick == "" {
		o.Nick = "积分助手"
	}
	if o.Domain == "" {
		o.Domain = "wx.qq.com"
	}
	if o.Seed == "" {
		o.Seed = "wechattest"
	}
	if o.Hold == 0 {
		o.Hold = 25 * time.Second
	}
	if o.LoginHold == 0 {
		o.LoginHold = 25 * time.Second
	}
	if o.QRLife == 0 {
		o.QRLife = 5 * time.Minute
	}
	if o.Batch == 0 {
		o.Batch = 40
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}
