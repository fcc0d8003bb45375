// Package transcript reads and runs *.chat files: conversations with the bot, written down with the clock
// and with what the bot is expected to say. They are the first test of every feature.
//
//	# comment
//	! owner 老王                            a role from the start (owner, manager, moderator)
//	! set points.checkin=5                  a setting; all ! lines come before the first step
//	== 2026-11-02 08:00 ==                  sets the clock; also == 08:00 ==, == +3d ==, == +1d2h30m ==
//	== +2d asleep ==                        the program is down until then, and catches up
//	[大群] 小明 joins                        also: joins by 小红, leaves, is now 明明, recalls, taps 小红,
//	                                        sends image a.png, sends link ..., sends file ...
//	[大群] 小明: 签到                         a message; without [..] the chat is the last one named
//	| and its next line
//	小明 whispers: 我的积分                   a private message to the bot
//	小明 quotes 小红: 我也是                   a message that quotes the last one of 小红 here, or of the bot by its name
//	> [大群] 签到成功                         the bot says exactly this next
//	> 小明: 120 分                           the same in private
//	>~ [大群] 兑换码 {code}                   what it says next contains this; {code} captures a run of ASCII
//	                                        letters and digits, and later texts insert it
//	>- [大群]                               it says nothing (more) here in answer to the last input;
//	                                        >- alone means nowhere, >- 小明 not to them in private
//
// A name is everything up to the first colon (: or ：) or verb; one that contains a colon or a verb stands in
// double quotes, in which \" and \\ are a quote and a backslash. A name means whoever was first called so,
// else whoever is called so now. After a colon and after | one space is taken off; the rest of a line counts
// exactly. A {name} that nothing has captured is plain text.
//
// The clock starts at 2026-01-01 09:00 in the community's zone and each input advances it by a second before
// it happens; clock lines and expectations take no time. A transcript with at least one > line expects
// everything that is said, in order; one without any expects nothing. What is said waits until an expectation
// takes it, so several inputs may come before the words they cause.
package transcript
