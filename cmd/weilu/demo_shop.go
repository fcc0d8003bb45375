package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community/shop"
)

// demoGoods are what the brand in the story offers.
func demoGoods() []shop.Goods {
	cups := int64(5)
	return []shop.Goods{
		{ID: 1, Name: "半山贴纸一套", About: "防水，能贴在壶上", Price: 15},
		{ID: 2, Name: "露营搪瓷杯", About: "300 毫升，每人一只", Price: 120, Stock: &cups, Limit: 1},
		{ID: 3, Name: "九折券", Price: 5, Limit: 1, Per: shop.Monthly, Kind: shop.Code},
	}
}

// coded are the numbers of goods that are given by code.
func coded(goods []shop.Goods) (ids []int64) {
	for _, g := range goods {
		if g.Kind == shop.Code {
			ids = append(ids, g.ID)
		}
	}
	return ids
}

// codes are the messages with which the founder fills the pools of codes.
func (d *demo) codes(at time.Time) (events []bot.Event) {
	founder := d.story.byName[asOwner]
	for _, id := range d.coded {
		lines := []string{fmt.Sprintf("导入兑换码 %d", id)}
		for i := range 20 {
			lines = append(lines, fmt.Sprintf("BANSHAN-%d-%03d", id, 7*i+104))
		}
		events = append(events, bot.Event{
			ID: fmt.Sprintf("demo/codes/%d", id), Kind: bot.Message, Form: bot.Text, Text: strings.Join(lines, "\n"), At: at, SeenAt: at,
			Transport: "playground", Session: "playground", Private: true,
			From: bot.Person{User: bot.UserID(founder.key), Name: founder.name, Stable: true},
		})
	}
	return events
}
