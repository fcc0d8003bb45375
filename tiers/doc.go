// Package tiers says how involved somebody is: facts about 28 days in, a verdict with its explanation out. It is
// pure and knows no storage, no clock and no community; days are numbers that follow each other.
//
// A Ladder sorts facts into tiers. Night carries what somebody holds from one day to the next: a tier that is
// earned is held from the next morning on; a tier that is held is lost only slowly, one at a time, by a review
// that warns first. All that is said of a tier, in chat, in a report or at the command line, comes from the
// Verdict that decided.
package tiers
