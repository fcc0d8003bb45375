package wechat

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// The answers of webwx, as far as they are used. Decoding is tolerant: fields may be absent or null, numbers may be
// written as strings and ids as numbers; what makes no sense in such a field is as if it were absent.

// syncAnswer is the answer of webwxsync.
type syncAnswer struct {
	BaseResponse   rawStatus
	SyncKey        *rawSyncKey
	ContinueFlag   number
	AddMsgList     list[rawMessage]
	ModContactList list[rawContact]
	DelContactList list[rawContact]
}

// rawStatus is what every answer begins with. Ret is 0 when it went well.
type rawStatus struct {
	Ret    int
	ErrMsg text
}

// rawSyncKey is the cursor of a login.
type rawSyncKey struct {
	Count number
	List  list[struct{ Key, Val number }]
}

// rawMessage is an element of AddMsgList.
type rawMessage struct {
	MsgID         text `json:"MsgId"`
	NewMsgID      text `json:"NewMsgId"`
	FromUserName  string
	ToUserName    string
	MsgType       number
	AppMsgType    number
	Content       text
	CreateTime    number // seconds
	FileName      text   // the title of what is shared
	URL           text   `json:"Url"`
	RecommendInfo rawRecommendation
	AppInfo       struct {
		AppID text
		Type  number
	}
	StatusNotifyCode     number
	StatusNotifyUserName text
}

// rawRecommendation is who asks to be a friend, or whose card was sent.
type rawRecommendation struct {
	UserName   string
	NickName   text
	Alias      text
	Content    text // what they said
	Ticket     text // what accepting them needs
	AttrStatus number
	VerifyFlag number
}

// rawContact is a friend, an official account or a group.
type rawContact struct {
	UserName        string
	NickName        text
	RemarkName      text
	DisplayName     text
	Alias           text
	HeadImgURL      text `json:"HeadImgUrl"`
	Uin             number
	AttrStatus      number
	VerifyFlag      number // 8: an official account
	ContactFlag     number
	Statues         number // groups: 1 is muted
	MemberCount     number
	MemberList      list[rawMember]
	EncryChatRoomID text `json:"EncryChatRoomId"`
	ChatRoomOwner   text
	OwnerUin        number
}

// rawMember is somebody in a group.
type rawMember struct {
	UserName     string
	NickName     text
	DisplayName  text
	AttrStatus   number
	MemberStatus number
	KeyWord      text
}

// text is a string that may have been written as a number.
type text string

// UnmarshalJSON never fails.
func (t *text) UnmarshalJSON(src []byte) error {
	*t = ""
	switch {
	case len(src) == 0:
	case src[0] == '"':
		var s string
		if json.Unmarshal(src, &s) == nil {
			*t = text(s)
		}
	case src[0] == '-' || src[0] >= '0' && src[0] <= '9':
		*t = text(src)
	}
	return nil
}

// number is an integer that may have been written as a string.
type number int64

// UnmarshalJSON never fails.
func (n *number) UnmarshalJSON(src []byte) error {
	*n = 0
	s := strings.TrimSpace(string(bytes.Trim(src, `"`)))
	if i, err := strconv.ParseInt(s, 10, 64); err == nil {
		*n = number(i)
	} else if f, err := strconv.ParseFloat(s, 64); err == nil && f > -1<<62 && f < 1<<62 {
		*n = number(f)
	}
	return nil
}

// list is an array that may have been written as nothing.
type list[T any] []T

// UnmarshalJSON fails only where an element does.
func (l *list[T]) UnmarshalJSON(src []byte) error {
	*l = nil
	if len(src) == 0 || src[0] != '[' {
		return nil
	}
	return json.Unmarshal(src, (*[]T)(l))
}
