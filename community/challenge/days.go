package challenge

import "github.com/weilu-im/weilu/bot"

func (f *feature) daysCommands() []bot.Command { return nil }

func (f *feature) daysJobs() []bot.Job { return nil }
