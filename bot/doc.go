// Package bot is the machine: it takes events in, accepts each once, hands them to features, and sends
// out what they said. It knows chats and people only by the opaque names that a transport gives them
// and by the opaque ids that the community answers with; it decides nothing about points, tiers or members.
//
// One event has one atomic effect: it is accepted, observed, routed and answered in one transaction, and
// what was said leaves the process only after that transaction is durable (see Engine.Deliver and Courier).
package bot
