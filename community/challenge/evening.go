package challenge

import "github.com/weilu-im/weilu/bot"

func (f *feature) eveningJobs() []bot.Job { return nil }
