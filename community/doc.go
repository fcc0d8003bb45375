// Package community holds the words that features share: who somebody is (Member, Group, Roster), when
// something was (Day, Calendar), what people did (Activity, Contribution) and what they agreed to (Consent),
// and the manners that every feature keeps: Confirmations before what can't be taken back, Undo codes after
// what can, an Audit of all that managers do, the Noise budget of a group, and the Words that are screened.
//
// Features meet here and nowhere else. The package reads no configuration and no clock: values, times and
// storage are handed in, and a handler's work happens in the transaction that is in its ctx.
//
// # Glossary
//
// One word per idea; the words in brackets are avoided in code, texts and documentation.
//
//   - Community: one brand's people, with one time zone and one day boundary (not: tenant, brand account).
//   - Group: a group chat of the community (not: room, channel; Chat is only a transport's name for one).
//   - Member: a person of the community, across groups, logins and nicknames (not: user, player, contact).
//   - Roster: who the members are, and the evidence for it (not: user store, directory).
//   - Binding: a transport's user tied to a member by evidence (not: account link, mapping).
//   - Login: a session of a transport, from one scan to the next, within which its ids stay the same (not: connection).
//   - Sighting: what was seen of a member in a group last, by which the next login finds them (not: profile).
//   - Origin: the id that something happened to; facts and accounts stay with it (not: source, old id).
//   - Alias: an id that was merged into another one, of the same person (not: duplicate, link).
//   - Provisional: waiting to be recognised, with points in suspense (not: pending member, guest).
//   - Purse: what a person has under all their ids (not: wallet, which shows it).
//   - Role: what somebody may do: member, moderator, manager, owner (not: permission level, admin).
//   - Day: a Day of the community, beginning at 04:00 local time by default; months are made of Days (not: date).
//   - Occurrence: one due time of a job, with its recorded end (not: run, execution).
//   - Activity: messages counted per member, group and Day (not: traffic, stats).
//   - Contribution: something a member gave to the community, recorded once by its key (not: action, deed).
//   - Edge: somebody quoted, mentioned or thanked somebody (not: link, relation).
//   - Point: the unit of the ledger; whole numbers (not: coin, credit, score).
//   - Transfer: points that move from one account to another (not: transaction, grant).
//   - Tier: how involved a member is, from facts (not: level, rank; a rank is a place in a ranking).
//   - Streak: Days in a row, derived and never stored as truth (not: combo).
//   - Challenge: something to do on many Days (not: campaign, task).
//   - Nudge: a word nobody asked for that wants somebody to come or to act (not: push, marketing message).
//   - Notice: a word that somebody is owed; it is no nudge (not: reminder, where a right is meant).
//   - Ambassador: a member who invites with a code of their own (not: agent, promoter).
//   - Consent: what a member wants the bot not to do (not: preference, setting).
//   - Confirmation: a second yes before a command that can't be taken back (not: approval, which is a manager's).
//   - Undo: taking back what was done, within a day, once (not: revert, rollback; a ledger has a Reversal).
//   - Audit: who did what to whom, for ever (not: log, which is for operators).
//   - Noise: what the bot says to a group unasked, within a budget per Day (not: quota, rate limit, which is pacing).
//   - Withheld: decided not to be said, and listed with the reason (not: dropped, suppressed).
package community
