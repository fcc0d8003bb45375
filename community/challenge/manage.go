package challenge

import "github.com/weilu-im/weilu/bot"

func (f *feature) managerCommands() []bot.Command {
	return []bot.Command{
		{Names: []string{"新建挑战", "newchallenge"}, Usage: "usage.new", Help: "help.new", Role: bot.Manager, Run: f.create},
	}
}
