// Package onebottest is a local implementation of OneBot v11 for tests: a world of groups and people in which the bot has
// an account, spoken of over WebSockets as NapCat, LLOneBot or Lagrange do.
//
//	w := onebottest.New(onebottest.Options{Token: "secret"})
//	defer w.Close()
//	ming := w.Person("小明")
//	group := w.Group("大群", ming)
//	w.Connect("ws://127.0.0.1:8095/") // reverse: it dials the bot, and again after each cut
//	url := w.Listen()                 // forward: the bot dials it
//	group.Say(ming, "签到")
//	sent, err := w.WaitSent(ctx, 1)
//
// It was written from the specification (botuniverse/onebot-11), without the code of its client. What common
// implementations add to that and is imitated: the name of the group in messages, the history of groups, forwarded
// messages, temporary sessions by group, wording beside message in what failed. Nothing here was compared with QQ's
// servers. What is said while nobody is connected is told to nobody, as there; it is in the history only.
package onebottest
