package wechat

import "github.com/weilu-im/weilu/bot"

func render(o bot.Outgoing, names map[bot.UserID]string) []string { return []string{o.Text} }
