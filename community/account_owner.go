package community

import "github.com/weilu-im/weilu/points"

// Owner is the id whose account it is; ok is false for accounts that are nobody's, such as points.Issued.
func Owner(account points.Account) (id MemberID, ok bool) { return accountOf(account) }
