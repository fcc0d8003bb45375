// Package wechattest is a server that speaks web WeChat (webwx) to whatever stands for the WeChat client in a test:
// a world of one bot account, people and groups, which tests make talk, join, leave and break.
//
//	s := wechattest.New(wechattest.Options{AutoScan: true})
//	defer s.Close()
//	ming := s.Person("小明", wechattest.Attr{})
//	group := s.Group("大群", ming)
//	client.Transport = s.Transport()
//	...
//	group.Say(ming, "签到")
//	sent, err := s.WaitSent(ctx, 1)
//
// What is imitated was read in the source of openwechat v1.4.10 and in captures and reports of the years 2016 to 2025:
// the login with its polls, cookies by domain, names that are new at each login, contact lists that leave out unsaved
// groups and the members of saved ones, the sync key and its long poll, the encoding of texts and names, the lines that
// WeChat writes about joins, renames and recalls, uploads in chunks, and answers that are late, broken or lost.
//
// Nothing here was ever compared with Tencent's servers. Not known, and decided here by the likelier or the harsher of
// two ways: whether a send that is posted twice is shown twice (here it is), whether message ids survive a new login
// (here they do, see [Options.RenumberBacklog]), whether the contact list is told of a member's new nickname (here only
// for friends), what a stale name in a batch of contacts is answered (here an empty contact), how much one sync answer
// holds (see [Options.Batch]), whether cookies are set again at a hot login (see [Options.CookiesAtInit]), whether a
// recall names its sender (see [Options.BareRecalls]), which emoji are written as spans (here those of Unicode 6), what
// the server does when the bot is thrown out (here a line and an entry of DelContactList), and the exact English of
// rare lines. Bans, pinyin, videos, calls and payments are not imitated.
package wechattest
