package wechattest

// contact is an entry of ContactList, MemberList and ModContactList as the service writes it.
type contact struct {
	Uin              int64
	UserName         string
	NickName         text
	HeadImgUrl       string
	ContactFlag      int
	MemberCount      int
	MemberList       []roomMember
	RemarkName       text
	HideInputBarFlag int
	Sex              int
	Signature        text
	VerifyFlag       int
	OwnerUin         int
	PYInitial        string
	PYQuanPin        string
	RemarkPYInitial  string
	RemarkPYQuanPin  string
	StarFriend       int
	AppAccountFlag   int
	Statues          int
	AttrStatus       int64
	Province         string
	City             string
	Alias            string
	SnsFlag          int
	UniFriend        int
	DisplayName      text
	ChatRoomId       int
	KeyWord          string
	EncryChatRoomId  string
	IsOwner          int
	ChatRoomOwner    string
}

// roomMember is an entry of a group's MemberList.
type roomMember struct {
	Uin             int64
	UserName        string
	NickName        text
	AttrStatus      int64
	PYInitial       string
	PYQuanPin       string
	RemarkPYInitial string
	RemarkPYQuanPin string
	MemberStatus    int
	DisplayName     text
	KeyWord         string
}

// wireMessage is an entry of AddMsgList.
type wireMessage struct {
	MsgId                string
	FromUserName         string
	ToUserName           string
	MsgType              int
	Content              text
	Status               int
	ImgStatus            int
	CreateTime           int64
	VoiceLength          int
	PlayLength           int
	FileName             text
	FileSize             string
	MediaId              string
	Url                  string
	AppMsgType           int
	StatusNotifyCode     int
	StatusNotifyUserName string
	RecommendInfo        recommendInfo
	ForwardFlag          int
	AppInfo              struct {
		AppID string
		Type  int
	}
	HasProductId  int
	Ticket        string
	ImgHeight     int
	ImgWidth      int
	SubMsgType    int
	NewMsgId      int64
	OriContent    text
	EncryFileName string
}

type recommendInfo struct {
	UserName   string
	NickName   text
	QQNum      int64
	Province   string
	City       string
	Content    text
	Signature  text
	Alias      string
	Scene      int
	VerifyFlag int
	AttrStatus int64
	Sex        int
	Ticket     string
	OpCode     int
}

type syncKey struct {
	Count int
	List  []syncItem
}

type syncItem struct{ Key, Val int64 }
