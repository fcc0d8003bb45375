package wechat

import (
	"slices"
	"strings"
	"testing"
)

func TestLinesAreUnderstood(t *testing.T) {
	cases := []struct {
		text string
		kind saying
		want reading // one of the readings
	}{
		{`"A"邀请"B"加入了群聊`, entered, reading{by: "A", names: "B"}},
		{`"A"邀请"B、C"加入了群聊`, entered, reading{by: "A", names: "B、C"}},
		{`"A"邀请你和"B"加入了群聊`, entered, reading{by: "A", names: "B"}},
		{`你邀请"B"加入了群聊  `, entered, reading{byBot: true, names: "B"}},
		{`你邀请"B"加入了群聊  <a href="weixin://revoke">撤销</a>`, entered, reading{byBot: true, names: "B"}},
		{`" B"通过扫描"A"分享的二维码加入群聊`, entered, reading{by: "A", names: "B"}},
		{`"B"通过扫描你分享的二维码加入群聊`, entered, reading{byBot: true, names: "B"}},
		{`"x"邀请"y"邀请"B"加入了群聊`, entered, reading{by: `x"邀请"y`, names: "B"}},
		{`"x"邀请"y"邀请"B"加入了群聊`, entered, reading{by: "x", names: `y"邀请"B`}},
		{`A invited B to the group chat`, entered, reading{by: "A", names: "B"}},
		{`"A" invited "B" to the group chat`, entered, reading{by: "A", names: "B"}},
		{`A invited B, C to the group chat`, entered, reading{by: "A", names: "B, C"}},
		{`A invited you and B to the group chat`, entered, reading{by: "A", names: "B"}},
		{`You invited B to the group chat`, entered, reading{byBot: true, names: "B"}},
		{`"B" joined the group chat via the QR Code shared by "A".`, entered, reading{by: "A", names: "B"}},
		{`"B" joined group chat via the QR code you shared.`, entered, reading{byBot: true, names: "B"}},
		{`"A"邀请你加入了群聊，群聊参与人还有：B、C`, nothing, reading{}},
		{`A invited you to a group chat with B, C`, nothing, reading{}},
		{`"A"邀请"B"加入了群聊x`, nothing, reading{}},
		{`"B"与群里其他人都不是微信朋友关系，请注意隐私安全`, nothing, reading{}},
		{`收到红包，请在手机上查看`, nothing, reading{}},
		{`你已添加了B，现在可以开始聊天了。`, nothing, reading{}},
		{`你将"B"移出了群聊`, removed, reading{byBot: true, names: "B"}},
		{`You removed "B" from the group chat`, removed, reading{byBot: true, names: "B"}},
		{`你被"A"移出群聊`, banished, reading{by: "A"}},
		{`You were removed from the group chat by "A"`, banished, reading{by: "A"}},
		{`"A"修改群名为“围炉”`, retitled, reading{by: "A", names: "围炉"}},
		{`"A" changed the group name to "围炉 2"`, retitled, reading{by: "A", names: "围炉 2"}},
		{`你修改群名为“围炉”`, retitled, reading{byBot: true, names: "围炉"}},
		{`"A" 拍了拍 "B" 的肩膀`, tapped, reading{by: "A", names: "B"}},
		{`"A" 拍了拍我`, tapped, reading{by: "A", toBot: true}},
		{`"A" tickled "B"`, tapped, reading{by: "A", names: "B"}},
		{`"A" 拍了拍 "B" 说"C"邀请"D"加入了群聊`, tapped, reading{by: "A", names: "B"}},
		{`"A"修改群名为“"C"邀请"D"加入了群聊”`, retitled, reading{by: "A", names: `"C"邀请"D"加入了群聊`}},
	}
	for _, c := range cases {
		kind, readings := understand(c.text)
		if kind != c.kind || kind != nothing && !slices.Contains(readings, c.want) {
			t.Errorf("%s\nis %d %+v\nwant %d %+v", c.text, kind, readings, c.kind, c.want)
		}
	}
}

func TestALineThatIsMadeToCostCostsLittle(t *testing.T) {
	for _, s := range []string{`"邀请"`, `" invited "`, ` and `, `"A"邀请"`, "、"} {
		_, readings := understand(`"` + strings.Repeat(s, 2000) + `"加入了群聊`)
		if len(readings) > maxReadings {
			t.Errorf("%d readings", len(readings))
		}
	}
	known := func(name string) []string { return []string{name} }
	if list := segment(strings.Repeat("、", 3000)+"x", known); len(list) > 1 {
		t.Errorf("%d names", len(list))
	}
}

func TestListsOfNamesAreReadByWhoIsKnown(t *testing.T) {
	cases := []struct {
		names, known, want string
	}{
		{"小明、小红", "小明/小红", "小明/小红"},
		{"小、明、小红", "小、明/小红", "小、明/小红"},
		{"小、明、小红", "小/明/小红", "小/明/小红"},
		{"小、明、小红", "小、明/小/明、小红", "小、明/小红?"},
		{"Tom, Jerry and Ann", "Tom, Jerry/Ann", "Tom, Jerry/Ann"},
		{"小明、谁", "小明", ""},
	}
	for _, c := range cases {
		people := strings.Split(c.known, "/")
		list := segment(c.names, func(name string) []string {
			if slices.Contains(people, name) {
				return []string{name}
			}
			return nil
		})
		var got []string
		for _, users := range list {
			got = append(got, users[0])
		}
		if strings.HasSuffix(c.want, "?") { // only one way leads to the end
			c.want = "小/明、小红"
		}
		if strings.Join(got, "/") != c.want {
			t.Errorf("%s of %s: %q, want %s", c.names, c.known, got, c.want)
		}
	}
}
