package points_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/weilu-im/weilu/points"
)

// unlocked are the statements that take the guards away.
func (b book) unlocked(then ...string) []string {
	drop := []string{
		"DROP TRIGGER transfers_no_update", "DROP TRIGGER transfers_no_delete",
		"DROP TRIGGER seals_no_update", "DROP TRIGGER seals_no_delete",
	}
	if b.db.Dialect() == "postgres" {
		drop = []string{"DROP TRIGGER transfers_kept ON transfers", "DROP TRIGGER seals_kept ON seals"}
	}
	return append(drop, then...)
}

func TestVerifyFindsTampering(t *testing.T) {
	cases := []struct {
		name string
		// $third stands for the id of the third of five transfers.
		statements []string
		blamed     bool
		problem    string
	}{
		{"an amount is raised", []string{"UPDATE transfers SET amount = 1000 WHERE id = $third"}, true, "does not match its seal"},
		{"an amount and the balance are raised", []string{
			"UPDATE transfers SET amount = 1000 WHERE id = $third", "UPDATE balances SET balance = balance + 990",
		}, true, "does not match its seal"},
		{"a transfer is given to somebody else", []string{"UPDATE transfers SET credit = 'member:bob' WHERE id = $third"}, true, "does not match its seal"},
		{"a time is changed", []string{"UPDATE transfers SET at = at + 1 WHERE id = $third"}, true, "does not match its seal"},
		{"a transfer in the middle is deleted", []string{"DELETE FROM transfers WHERE id = $third"}, true, "gone"},
		{"a transfer in the middle and its seal are deleted", []string{
			"DELETE FROM seals WHERE transfer_id = $third", "DELETE FROM transfers WHERE id = $third",
			"DELETE FROM transfer_texts WHERE transfer_id = $third", "UPDATE balances SET balance = balance - 10",
		}, false, "the one before is number 2"},
		{"a seal is changed", []string{"UPDATE seals SET hash = 'abc' WHERE transfer_id = $third"}, true, "does not match its seal"},
		{"a reason is edited", []string{"UPDATE transfer_texts SET reason = 'gift' WHERE transfer_id = $third"}, true, "the reason does not match"},
		{"a balance is edited", []string{"UPDATE balances SET balance = balance + 1"}, false, "member:amy has 51, its transfers add up to 50"},
		{"a balance is deleted", []string{"DELETE FROM balances"}, false, "member:amy has no balance"},
		{"a balance comes from nowhere", []string{"INSERT INTO balances (account, balance, debt) VALUES ('member:eve', 5, 0)"}, false, "member:eve has 5"},
		{"a debt comes from nowhere", []string{"UPDATE balances SET debt = 5"}, false, "member:amy: its debt is not"},
		{"a debt row comes from nowhere", []string{
			"INSERT INTO debts (key, account, cause, amount, paid, at, reason) VALUES ('x', 'member:amy', $third, 50, 0, 0, '')",
			"UPDATE balances SET debt = 50",
		}, true, "more taken back than there was"},
		{"a debt is said to be paid", []string{
			"INSERT INTO debts (key, account, cause, amount, paid, at, reason) VALUES ('x', 'member:amy', $third, 5, 5, 0, '')",
		}, true, "what is paid of its debt"},
		{"an unsealed transfer is forged", []string{
			"INSERT INTO transfers (key, debit, credit, amount, at, kind, digest) VALUES ('x', 'issued', 'member:eve', 5, 0, 0, '')",
		}, false, "member:eve has no balance"},
		{"an unsealed transfer is deleted and leaves its text", []string{
			"INSERT INTO transfer_texts SELECT transfer_id + 1000, salt, reason FROM transfer_texts WHERE transfer_id = $third",
		}, false, "gone, but its text is there"},
		{"a repayment is forged", []string{
			"INSERT INTO transfers (key, debit, credit, amount, at, kind, cause, digest) VALUES ('x', 'member:amy', 'issued', 5, 0, 2, $third, '')",
			"UPDATE balances SET balance = balance - 5",
		}, true, "what is paid of its debt"},
		{"a reversal goes elsewhere", []string{
			"INSERT INTO transfers (key, debit, credit, amount, at, kind, cause, digest) VALUES ('x', 'member:amy', 'burned', 5, 0, 1, $third, '')",
			"UPDATE balances SET balance = balance - 5",
		}, false, "does not mirror its cause"},
	}
	each(t, func(t *testing.T, b book) {
		third := b.fill(5)[2]
		b.whole()
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				b.in(t).within(func(b book) bool {
					statements := strings.ReplaceAll(strings.Join(c.statements, ";"), "$third", fmt.Sprint(third))
					if err := b.raw(b.unlocked(strings.Split(statements, ";")...)...); err != nil {
						t.Fatal(err)
					}
					report := b.verify("")
					if report.OK || !strings.Contains(strings.Join(report.Problems, "\n"), c.problem) {
						t.Fatalf("%+v does not say %q", report, c.problem)
					}
					if c.blamed && (report.FirstBad == nil || *report.FirstBad != third) {
						t.Fatalf("%+v does not blame transfer %d first", report, third)
					}
					return false
				})
			})
		}
	})
}

func TestVerifyFindsACutTailByItsRoot(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		ids := b.fill(5)
		early := b.rootHash()
		b.post(move("last", points.Issued, amy, 10))
		b.seal()
		root, last := b.rootHash(), ids[4]
		if report := b.verify(early); !report.OK {
			t.Fatalf("an early root: %+v", report)
		}
		if report := b.verify(strings.ToUpper(root)); !report.OK {
			t.Fatalf("a root in capitals: %+v", report)
		}
		err := b.raw(b.unlocked(
			fmt.Sprintf("DELETE FROM seals WHERE transfer_id > %d", last),
			fmt.Sprintf("DELETE FROM transfers WHERE id > %d", last),
			fmt.Sprintf("DELETE FROM transfer_texts WHERE transfer_id > %d", last),
			"UPDATE balances SET balance = balance - 10",
		)...)
		if err != nil {
			t.Fatal(err)
		}
		b.whole()
		report := b.verify(root)
		if report.OK || !strings.Contains(report.Problems[0], "cut or rewritten") {
			t.Fatalf("%+v", report)
		}
	})
}
