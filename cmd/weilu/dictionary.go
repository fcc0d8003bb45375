package main

import (
	_ "embed"
	"fmt"
	"io"
	"strings"

	"github.com/weilu-im/weilu/config/database"
)

// columnMeanings explains columns: a column's name, or table.column where it means something else there, what it is
// measured in, and what it holds.
//
//go:embed dictionary.tsv
var columnMeanings string

// tableMeanings explains tables: name, what it holds, how long. It is what docs/storage.md says; a test keeps it so.
//
//go:embed dictionary_tables.tsv
var tableMeanings string

// units say what columns are measured in, and how an export writes them.
var units = map[string]string{ //nolint:gochecknoglobals // a constant
	"ms": "a time, RFC 3339 in UTC; null: none", "day": "a Day of the community, as a date; null: none", "points": "points", "count": "a number",
	"days": "a number of days", "flag": "true or false", "member": "a member's id (members.id)", "group": "a group's id (groups.id)", "id": "a number or name of a row",
	"seq": "the number of an event (inbox.seq); 0: none", "event": "an event's id (inbox.id)", "key": "a key of the ledger or of a rule", "name": "a word of the program",
	"code": "a number that stands for something", "text": "words", "json": "JSON as text", "digest": "hexadecimal digest", "bytes": "base64",
	"version": "a number that grows", "clock": "a time of day",
}

// leftOut are tables that an export leaves out, and columns of others, with the reason.
var leftOut = map[string]string{ //nolint:gochecknoglobals // a constant
	"bind_codes": "hashes of codes", "recovery_codes": "hashes of codes", "move_codes": "hashes of codes", "console_links": "hashes of links", "console_sessions": "hashes of sessions",
	"data_links": "hashes of links", "confirmations": "codes that still work", "undos": "codes that still work",
	"seal_sweep": "how far PostgreSQL's sealing has come; made anew", "outbox.token": "works at the transport", "friend_requests.token": "works at the transport",
	"shop_codes.code": "worth money to whoever reads it", "transfer_texts.salt": "with it erased reasons could be guessed; weilu ledger export has what proves the chain",
	"transfers.tx": "PostgreSQL's own number",
}

// explained is a column of an export with its explanation.
type explained struct {
	Name    string `json:"name"`
	Type    string `json:"type"`
	Unit    string `json:"unit"`
	Meaning string `json:"meaning"`
}

// explainedTable is a table of an export with its explanation.
type explainedTable struct {
	Name    string      `json:"name"`
	Holds   string      `json:"holds"`
	Kept    string      `json:"kept"`
	Key     []string    `json:"key"`
	Columns []explained `json:"columns"`
}

// dictionary explains tables. What has no explanation is an error.
func dictionary(tables []database.Table) (list []explainedTable, err error) {
	holds, columns := map[string][]string{}, map[string][]string{}
	for line := range strings.Lines(tableMeanings) {
		cells := strings.Split(strings.TrimSpace(line), "\t")
		holds[cells[0]] = cells[1:]
	}
	for line := range strings.Lines(columnMeanings) {
		cells := strings.Split(strings.TrimSpace(line), "\t")
		columns[cells[0]] = cells[1:]
	}
	for _, t := range tables {
		if leftOut[t.Name] != "" || strings.HasPrefix(t.Name, "migrations_") {
			continue
		}
		about := holds[t.Name]
		if len(about) != 2 {
			return nil, fmt.Errorf("the table %s has no explanation", t.Name)
		}
		e := explainedTable{Name: t.Name, Holds: about[0], Kept: about[1], Key: t.Key}
		for _, c := range t.Columns {
			if leftOut[t.Name+"."+c.Name] != "" {
				continue
			}
			meaning := columns[t.Name+"."+c.Name]
			if meaning == nil {
				meaning = columns[c.Name]
			}
			if len(meaning) != 2 || units[meaning[0]] == "" {
				return nil, fmt.Errorf("the column %s.%s has no explanation", t.Name, c.Name)
			}
			e.Columns = append(e.Columns, explained{c.Name, c.Type, meaning[0], meaning[1]})
		}
		list = append(list, e)
	}
	return list, nil
}

// writeDictionary writes the explanations as Markdown.
func writeDictionary(w io.Writer, list []explainedTable) error {
	var b strings.Builder
	b.WriteString("# What is in this export\n\nEach table is there twice: NAME.jsonl and NAME.csv.\n\n| unit | written as |\n|---|---|\n")
	seen := map[string]bool{}
	for _, t := range list {
		for _, c := range t.Columns {
			if !seen[c.Unit] {
				seen[c.Unit] = true
				fmt.Fprintf(&b, "| %s | %s |\n", c.Unit, units[c.Unit])
			}
		}
	}
	for _, t := range list {
		fmt.Fprintf(&b, "\n## %s\n\n%s. Kept: %s.\n\n| column | type | unit | meaning |\n|---|---|---|---|\n", t.Name, t.Holds, t.Kept)
		for _, c := range t.Columns {
			fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", c.Name, c.Type, c.Unit, strings.ReplaceAll(c.Meaning, "|", `\|`))
		}
	}
	b.WriteString("\n## Left out\n\nHashes of codes and sessions, codes that still work, and the community's own secret.\n")
	_, err := io.WriteString(w, b.String())
	return err
}
