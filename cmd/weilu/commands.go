package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/weilu-im/weilu/bot"
)

type commandsCmd struct {
	Lang string `help:"zh or en." enum:"zh,en" default:"zh"`
}

// Run prints the table of chat commands as Markdown, from the Command values.
func (cmd *commandsCmd) Run() error {
	e, err := bareEngine(defaults())
	if err != nil {
		return err
	}
	return commandTable(os.Stdout, e.Offers(cmd.Lang), cmd.Lang)
}

func commandTable(w io.Writer, offers []bot.Offer, lang string) error {
	head := "| 命令 | 别名 | 谁可以用 | 在哪里 | 作用 |\n|---|---|---|---|---|\n"
	roles := map[bot.Role]string{bot.Member: "所有人", bot.Moderator: "协管员", bot.Manager: "管理员", bot.Owner: "所有者"}
	places := map[bot.Where]string{bot.Anywhere: "群、私聊", bot.InGroup: "群", bot.InPrivate: "私聊"}
	if lang == "en" {
		head = "| command | also | who | where | what it does |\n|---|---|---|---|---|\n"
		roles = map[bot.Role]string{bot.Member: "everybody", bot.Moderator: "moderators", bot.Manager: "managers", bot.Owner: "owners"}
		places = map[bot.Where]string{bot.Anywhere: "group, private", bot.InGroup: "group", bot.InPrivate: "private"}
	}
	if _, err := io.WriteString(w, head); err != nil {
		return err
	}
	for _, o := range offers {
		if _, err := fmt.Fprintf(w, "| `%s` | %s | %s | %s | %s |\n", strings.ReplaceAll(o.Title(), "|", `\|`), strings.Join(o.Names[1:], ", "),
			roles[o.Role], places[o.Where], o.Help); err != nil {
			return err
		}
	}
	return nil
}

type versionCmd struct{}

// Run prints the version.
func (cmd *versionCmd) Run() error {
	fmt.Println("weilu " + version())
	return nil
}
