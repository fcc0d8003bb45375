package wechat

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"
)

// crowds is a book of fifty groups of five hundred members each, who are all friends too.
func crowds() *book {
	b := newBook(rawContact{UserName: me, NickName: "小助手"}, "s1", start)
	var names []string
	var friends []rawContact
	for i := range 499 {
		names = append(names, fmt.Sprintf("成员 %d|群名片 %d", i, i))
		friends = append(friends, rawContact{UserName: user(i + 1), NickName: text(fmt.Sprintf("成员 %d", i)), RemarkName: text(fmt.Sprintf("备注%d", i))})
	}
	b.contacts(friends)
	for g := range 50 {
		c := roomWith(people(names...))
		c.UserName = fmt.Sprintf("@@%032x", g)
		b.room(c, start)
	}
	return b
}

// asSent is a usual message in one of the groups: half of them address somebody.
func asSent(i int) syncAnswer {
	words := fmt.Sprintf(`@群名片 %d`+"\u2005"+`签到 第 %d 天 &lt;3 <span class="emoji emoji1f604"></span><br/>今天也要加油`, i%499, i)
	if i%2 == 0 {
		words = "今天天气真好，大家一起出去走走吧！"
	}
	m := inRoom(i+1, typeText, user(i%499+1), words)
	m.FromUserName = fmt.Sprintf("@@%032x", i%50)
	return syncAnswer{AddMsgList: []rawMessage{m}}
}

func BenchmarkGroupMessage(b *testing.B) {
	book := crowds()
	var took []time.Duration
	for i := 0; b.Loop(); i++ {
		a := asSent(i)
		begin := time.Now()
		book.unknown(a)
		book.stale(a, start)
		events, commit := book.translate(a, start)
		commit()
		took = append(took, time.Since(begin))
		if len(events) != 1 || i%2 == 1 && len(events[0].Mentions) != 1 {
			b.Fatalf("%d events", len(events))
		}
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds()), "p99-ns")
}

func TestAGroupMessageCostsLittle(t *testing.T) {
	const most = time.Millisecond
	book := crowds()
	var took []time.Duration
	for i := range 5000 {
		a := asSent(i)
		begin := time.Now()
		book.unknown(a)
		book.stale(a, start)
		_, commit := book.translate(a, start)
		commit()
		took = append(took, time.Since(begin))
	}
	slices.Sort(took)
	p99 := took[len(took)*99/100]
	t.Logf("50 groups of 500 members: a message takes %v, %v at p99", took[len(took)/2], p99)
	if p99 > most {
		t.Errorf("a group message takes %v at p99", p99)
	}
}

// Senders look into the book while it is being written.
func TestABookIsReadWhileItIsWritten(t *testing.T) {
	b := known("小明")
	var all sync.WaitGroup
	for w := range 4 {
		all.Go(func() {
			for i := range 50 {
				names := []string{"小明", fmt.Sprintf("新人%d", i)}
				switch w {
				case 0:
					_, commit := b.translate(syncAnswer{ModContactList: change(names...), AddMsgList: []rawMessage{inRoom(i, typeText, user(2), "x")}}, start)
					commit()
				case 1:
					b.room(roomWith(people(names...)), start)
				case 2:
					b.called(asked("x", "小明"))
					b.knows(user(2))
					b.groups()
					b.old(start, time.Hour)
				case 3:
					a := syncAnswer{AddMsgList: []rawMessage{inRoom(i, typeText, user(9), "x")}}
					b.unknown(a)
					b.stale(a, start.Add(time.Duration(i)*time.Minute))
					b.contacts([]rawContact{{UserName: user(i), RemarkName: text(names[1])}})
				}
			}
		})
	}
	all.Wait()
	if !b.knows(user(1)) {
		t.Error("who was there all the time is not known")
	}
}
