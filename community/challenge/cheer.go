package challenge

import "github.com/weilu-im/weilu/bot"

func (f *feature) cheerCommands() []bot.Command { return nil }
