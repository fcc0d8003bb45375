package challenge_test

import (
	"bytes"
	"image/png"
	"testing"
)

func TestCalendarAndCertificateArePictures(t *testing.T) {
	v := newVillage(t, "sqlite")
	v.does("xboss")
	v.says("boss", "新建挑战 早起 1天 今天 完成证书")
	v.says("u1", "参加 早起")
	v.says("u1", "打卡 早起")
	for _, command := range []string{"打卡日历 早起", "证书"} {
		v.says("u1", command)
		var picture []byte
		if err := v.DB.Conn(t.Context()).Raw(`SELECT picture FROM outbox ORDER BY id DESC LIMIT 1`).Row().Scan(&picture); err != nil {
			t.Fatal(err)
		}
		if img, err := png.Decode(bytes.NewReader(picture)); err != nil || img.Bounds().Dx() < 700 {
			t.Errorf("%s: %d bytes, %v", command, len(picture), err)
		}
	}
}
