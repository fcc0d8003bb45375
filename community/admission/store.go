package admission

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// application is somebody's wish to come into the core group.
type application struct {
	id        int64
	member    community.MemberID // the id that applied
	group     community.GroupID  // the screening group; empty where they applied in private only
	at        time.Time
	state     state
	turn      int64     // how many times it was moved
	asked     time.Time // when the question that is open was asked
	reminded  time.Time // when it was asked once more
	submitted time.Time // when it began to wait for a manager
	decided   time.Time
	decidedBy community.MemberID
	left      time.Time
}

// question is what an applicant was asked.
type question struct {
	n        int
	text     string
	answer   string
	answered time.Time // zero while it is open
}

const columns = `SELECT id, member_id, group_id, at, state, turn, asked_at, reminded_at, submitted_at, decided_at, decided_by, left_at FROM admissions `

func scan(row interface{ Scan(...any) error }) (a application, err error) {
	var at, asked, reminded, submitted, decided, left int64
	err = row.Scan(&a.id, &a.member, &a.group, &at, &a.state, &a.turn, &asked, &reminded, &submitted, &decided, &a.decidedBy, &left)
	a.at, a.asked, a.reminded = bot.FromMillis(at), bot.FromMillis(asked), bot.FromMillis(reminded)
	a.submitted, a.decided, a.left = bot.FromMillis(submitted), bot.FromMillis(decided), bot.FromMillis(left)
	return a, err
}

// list reads applications; where is what follows the table in the statement.
func (f *admission) list(ctx context.Context, where string, args ...any) ([]application, error) {
	rows, err := f.db.Conn(ctx).Raw(columns+where, args...).Rows()
	if err != nil {
		return nil, fmt.Errorf("applications: %w", err)
	}
	defer rows.Close()
	var list []application
	for rows.Next() {
		a, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("applications: %w", err)
		}
		list = append(list, a)
	}
	return list, rows.Err()
}

// one reads an application; ok is false where there is none.
func (f *admission) one(ctx context.Context, where string, args ...any) (a application, ok bool, err error) {
	list, err := f.list(ctx, where+` LIMIT 1`, args...)
	if err != nil || len(list) == 0 {
		return application{}, false, err
	}
	return list[0], true, nil
}

// newest is the application of a person that counts.
func (f *admission) newest(ctx context.Context, member community.MemberID) (a application, ok bool, err error) {
	ids, err := f.c.IDs(ctx, member)
	if err != nil {
		return application{}, false, err
	}
	return f.one(ctx, `WHERE member_id IN ? AND state <> ? ORDER BY CASE WHEN state IN ('arrived', 'asking', 'waiting') THEN 0 ELSE 1 END, id DESC`, ids, string(superseded))
}

// newestOnly leaves of each person only the newest application. who resolves ids.
func newestOnly(list []application, who func(community.MemberID) community.MemberID) []application {
	last := map[community.MemberID]int64{}
	for _, a := range list {
		person := who(a.member)
		last[person] = max(last[person], a.id)
	}
	var out []application
	for _, a := range list {
		if last[who(a.member)] == a.id {
			out = append(out, a)
		}
	}
	return out
}

// each is list with the applications that count, of people with several.
func (f *admission) each(ctx context.Context, where string, args ...any) ([]application, error) {
	list, err := f.list(ctx, where, args...)
	if err != nil {
		return nil, err
	}
	aliases, err := community.Aliases(ctx, f.db)
	if err != nil {
		return nil, err
	}
	return newestOnly(list, aliases.Resolve), nil
}

// begin makes an application with its questions.
func (f *admission) begin(ctx context.Context, r *bot.Request, member community.MemberID, group community.GroupID) (a application, err error) {
	a = application{member: member, group: group, at: r.At, state: arrived}
	err = f.db.Row(ctx, `INSERT INTO admissions (member_id, group_id, at, state) VALUES (?, ?, ?, ?) RETURNING id`,
		string(member), string(group), r.At.UnixMilli(), string(arrived)).Scan(&a.id)
	if err != nil {
		return a, fmt.Errorf("begin application: %w", err)
	}
	questions := f.cfg.Questions
	if f.cfg.Introduction > 0 {
		questions = []string{r.T("introduce", "Count", f.cfg.Introduction)}
	}
	for i, text := range questions {
		if err := f.addQuestion(ctx, a.id, i+1, text); err != nil {
			return a, err
		}
	}
	return a, nil
}

func (f *admission) addQuestion(ctx context.Context, id int64, n int, text string) error {
	_, err := f.db.Exec(ctx, `INSERT INTO admission_answers (admission_id, n, question) VALUES (?, ?, ?)`, id, n, text)
	return err
}

// questions are those of an application, in their order.
func (f *admission) questions(ctx context.Context, id int64) (list []question, err error) {
	rows, err := f.db.Conn(ctx).Raw(`SELECT n, question, answer, answered_at FROM admission_answers WHERE admission_id = ? ORDER BY n`, id).Rows()
	if err != nil {
		return nil, fmt.Errorf("questions of %d: %w", id, err)
	}
	defer rows.Close()
	for rows.Next() {
		var q question
		var at int64
		if err := rows.Scan(&q.n, &q.text, &q.answer, &at); err != nil {
			return nil, fmt.Errorf("questions of %d: %w", id, err)
		}
		q.answered = bot.FromMillis(at)
		list = append(list, q)
	}
	return list, rows.Err()
}

// opened is the first question of an application without an answer; ok is false where all have one.
func (f *admission) opened(ctx context.Context, id int64) (q question, of int, ok bool, err error) {
	list, err := f.questions(ctx, id)
	for _, q := range list {
		if q.answered.IsZero() {
			return q, len(list), true, err
		}
	}
	return question{}, len(list), false, err
}

// move brings an application from the state and turn in which it was read into another; late tells that somebody was
// faster. set are further columns with their values.
func (f *admission) move(ctx context.Context, a *application, to state, set string, args ...any) (late bool, err error) {
	if set != "" {
		set = ", " + set
	}
	args = append(append([]any{string(to)}, args...), a.id, string(a.state), a.turn)
	n, err := f.db.Exec(ctx, `UPDATE admissions SET state = ?, turn = turn + 1`+set+` WHERE id = ? AND state = ? AND turn = ?`, args...)
	if err != nil || n == 0 {
		return n == 0, err
	}
	a.state = to
	a.turn++
	return false, nil
}

// in tells whether a group is the one that the configuration calls so.
func (f *admission) in(ctx context.Context, group, called string) (bool, error) {
	if group == "" {
		return false, nil
	}
	p, err := f.c.Place(ctx, community.GroupID(group))
	return err == nil && isCalled(p, called), err
}

// isCalled tells whether a name is that of a group, or its code.
func isCalled(p community.Place, name string) bool {
	return sameName(p.Name, name) || p.Code != "" && sameName(p.Code, name)
}

// group is the group that the configuration calls so, where the bot acts; empty where it is not known yet.
func (f *admission) group(ctx context.Context, called string) (community.GroupID, error) {
	list, err := f.c.AdoptedGroups(ctx)
	if err != nil {
		return "", err
	}
	for _, p := range list {
		if isCalled(p, called) {
			return p.ID, nil
		}
	}
	return "", nil
}

// present tells whether a person is in a group under any of their ids.
func (f *admission) present(ctx context.Context, group community.GroupID, member community.MemberID) (bool, error) {
	if group == "" {
		return false, nil
	}
	ids, err := f.c.IDs(ctx, member)
	if err != nil {
		return false, err
	}
	var one int
	err = f.db.Conn(ctx).Raw(`SELECT 1 FROM stays WHERE group_id = ? AND member_id IN ? AND left_at = 0 LIMIT 1`, string(group), ids).Row().Scan(&one)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// migrations makes the tables. All times are Unix milliseconds, UTC; 0: not yet.
func migrations() []*gormigrate.Migration {
	return []*gormigrate.Migration{{ID: "2026112340_admission", Migrate: func(tx *gorm.DB) error {
		serial := "INTEGER PRIMARY KEY AUTOINCREMENT"
		if tx.Name() == "postgres" {
			serial = "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY"
		}
		for _, statement := range []string{
			`CREATE TABLE admissions (id ` + serial + `, member_id TEXT NOT NULL, group_id TEXT NOT NULL, at BIGINT NOT NULL, state TEXT NOT NULL,
				turn BIGINT NOT NULL DEFAULT 0, asked_at BIGINT NOT NULL DEFAULT 0, reminded_at BIGINT NOT NULL DEFAULT 0, submitted_at BIGINT NOT NULL DEFAULT 0,
				decided_at BIGINT NOT NULL DEFAULT 0, decided_by TEXT NOT NULL DEFAULT '', note TEXT NOT NULL DEFAULT '',
				left_at BIGINT NOT NULL DEFAULT 0, joined_at BIGINT NOT NULL DEFAULT 0)`,
			`CREATE INDEX admissions_member ON admissions (member_id, id)`,
			`CREATE INDEX admissions_state ON admissions (state, id)`,
			// event: the message that was the answer, to take it back with.
			`CREATE TABLE admission_answers (admission_id BIGINT NOT NULL REFERENCES admissions (id), n INTEGER NOT NULL, question TEXT NOT NULL,
				answer TEXT NOT NULL DEFAULT '', answered_at BIGINT NOT NULL DEFAULT 0, event TEXT NOT NULL DEFAULT '', PRIMARY KEY (admission_id, n))`,
			`CREATE INDEX admission_answers_event ON admission_answers (event)`,
			`CREATE TABLE admission_without (member_id TEXT NOT NULL PRIMARY KEY, at BIGINT NOT NULL)`,
		} {
			if err := tx.Exec(statement).Error; err != nil {
				return err
			}
		}
		return nil
	}}}
}
