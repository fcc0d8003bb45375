// Package onebot is the transport to everything that speaks OneBot v11: QQ groups through NapCat, LLOneBot or
// Lagrange, and WeChat bridges. The specification is botuniverse/onebot-11; where implementations differ from it, or add
// to it, the place says so.
//
// An implementation connects to us (reverse WebSocket) or we connect to it (forward WebSocket). Each account of the bot
// has one [account], whatever connections it has at the moment. Frames are read and decoded by one goroutine for each
// connection; what is heard is translated and delivered by one goroutine for each account, in order.
//
// OneBot keeps nothing for us: what is said while nobody is connected, or is on the way when the program dies, is not
// told again. So after each connection the history of the groups is asked for, where the implementation offers that
// extension, and what was told before is known by its id.
package onebot
