package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"strings"

	"github.com/weilu-im/weilu/config/database"
	"github.com/weilu-im/weilu/points"
)

type ledgerCmd struct {
	Verify verifyCmd `cmd:"" help:"Prove that chain, sums and balances hold. Exit 1 when they don't."`
	Export exportCmd `cmd:"" help:"Write the whole ledger as JSON Lines, for docs/verify-ledger.py and archives."`
}

type verifyCmd struct {
	Root *string `help:"A root that was published earlier: it must still be in the chain." placeholder:"HEX"`
	JSON bool    `help:"Print JSON." name:"json"`
}

// Run verifies the ledger, beside a running bot or offline.
func (cmd *verifyCmd) Run(ctx context.Context, g *Globals) error {
	root := ""
	if cmd.Root != nil {
		root = strings.ToLower(strings.TrimSpace(*cmd.Root))
		if b, err := hex.DecodeString(root); err != nil || len(b) != sha256.Size {
			return usage("--root: a root is %d hexadecimal digits", 2*sha256.Size)
		}
	}
	var report points.Report
	err := g.reading(ctx, func(_ *settings, db *database.DB) error {
		return db.Snapshot(ctx, func(ctx context.Context) (err error) {
			report, err = points.New(db.Conn, db.Tx).Verify(ctx, points.VerifyOptions{Root: root})
			return err
		})
	})
	if err != nil {
		return fmt.Errorf("verify: %w", err)
	}
	if cmd.JSON {
		if err := printJSON(os.Stdout, report); err != nil {
			return err
		}
	} else {
		printReport(report)
	}
	if !report.OK {
		return &exitError{code: 1}
	}
	return nil
}

func printReport(r points.Report) {
	verdict := "the ledger holds"
	if !r.OK {
		verdict = "THE LEDGER DOES NOT HOLD"
	}
	fmt.Printf("%s: %d transfers, %d sealed, root %s\n", verdict, r.Transfers, r.Sealed, r.Root)
	for _, p := range r.Problems {
		fmt.Println("  " + printable(p))
	}
}
