package script

import (
	"context"
	"fmt"
	"strings"

	"github.com/weilu-im/weilu/bot"
)

// importScript is 导入剧本 with the YAML in the lines below.
func (s *scripts) importScript(ctx context.Context, r *bot.Request) error {
	_, src, ok := strings.Cut(strings.TrimSpace(r.Text), "\n")
	if !ok || strings.TrimSpace(src) == "" {
		return r.Refuse("import.how")
	}
	if r.Len > longestScript {
		return r.Refuse("import.long", "Most", longestScript)
	}
	src = plain(src)
	sc, err := Parse(src)
	if err != nil {
		return told(r, err)
	}
	texts := []string{sc.Title, sc.Description}
	for _, par := range sc.Parameters {
		texts = append(texts, par.Default)
	}
	for _, st := range sc.Steps {
		texts = append(texts, st.Text, st.None, strings.Join(st.Tags, " "))
	}
	if err := s.allowed(r, texts...); err != nil {
		return err
	}
	was, err := s.imported(ctx, sc.Name)
	if err != nil {
		return err
	}
	_, err = s.db.Exec(ctx, `INSERT INTO scripts (name, yaml, at) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET yaml = excluded.yaml, at = excluded.at`,
		bot.Fold(sc.Name), src, r.At.UnixMilli())
	if err != nil {
		return fmt.Errorf("import a script: %w", err)
	}
	key := "import.done"
	if was != "" {
		key = "import.again"
	}
	return s.answer(ctx, r, change{"script.import", "import script", "script"}, ofImport{Name: sc.Name, Was: was, Is: src},
		map[string]any{"steps": len(sc.Steps), "again": was != ""}, r.T(key, "Name", sc.Name, "Title", sc.Title, "Count", len(sc.Steps)))
}

// plain is YAML as it was meant: chats put other spaces in the place of those that indent.
func plain(src string) string {
	return strings.NewReplacer("\u00a0", " ", "\u2005", " ", "\u3000", "  ", "\t", "  ").Replace(src)
}
