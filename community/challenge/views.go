package challenge

import "github.com/weilu-im/weilu/bot"

func (f *feature) views() []bot.View { return nil }
