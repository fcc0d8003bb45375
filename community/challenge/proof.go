package challenge

import "github.com/weilu-im/weilu/bot"

func (f *feature) proofCommands() []bot.Command { return nil }

func (f *feature) proofListeners() []bot.Listener { return nil }
