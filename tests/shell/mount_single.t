# SPDX-License-Identifier: Apache-2.0
# A mount of one view: view=, where=, classes=, classmap=, and what is refused.
. "${top_srcdir:-.}/tests/shell/mount.sh"
make_small_store
exits 0 "mounts a view" "${mount[@]}" -o view=commercial
like "$err" "'commercial' shows nothing of 1 directory with images: dogs" "and says what it empties"
is "$(files "$mnt")" "README cats/by.pnm train/cc0.pnm " "the view is the root"
is "$(dirs "$mnt")" "cats train " "without what it empties"
is "$(stat -c %i "$mnt")" 1 "the root is number 1"
down
run "${mount[@]}"
like "$err" "views 'attribution-free', 'public-domain' show nothing of 2 directories with images: cats, dogs" "views that empty the same are told in one line"
down
run "${mount[@]}" -o view=commercial
ok "there is no control tree" [ ! -e "$mnt/.licensefs" ]
ok "and no other view" [ ! -e "$mnt/noncommercial" -a ! -e "$mnt/by-license" ]
run python3 "$top_srcdir/tests/shell/dirents.py" "$mnt"
is "$out" "" "d_ino, d_type, . and .. are right everywhere"
exits 3 "the mount point is busy now" "${mount[@]}"
like "$err" "is a mount of '$store' already" "says so"
down

up -o view=commercial,classes=keep 2>/dev/null
is "$(dirs "$mnt")" "cats dogs empty train " "classes=keep keeps every directory"
down
exits 3 "classes=fail refuses" "${mount[@]}" -o view=commercial,classes=fail
like "$err" "dogs.*classes=keep" "names the directory, and the way out"
exits 0 "classes=fail does not mind a view that empties nothing" "${mount[@]}" -o view=noncommercial,classes=fail
down

exits 0 "mounts an expression" "${mount[@]}" -o "where=license=CC0-1.0 | license='CC-BY-4.0'"
is "$(files "$mnt")" "README cats/by.pnm train/cc0.pnm " "and shows what it asks for"
down
up -o 'view=commercial+public-domain' 2>/dev/null
is "$(files "$mnt")" "README train/cc0.pnm " "mounts a combination"
down
up -o view=by-license/CC-BY-4.0 2>/dev/null
is "$(files "$mnt")" "README cats/by.pnm " "mounts a license's view"
down

exits 0 "writes the class map" "${mount[@]}" -o "view=commercial,classmap=$tmp/map.tsv"
is "$(tr '\t\n' ',;' <"$tmp/map.tsv")" \
	"index,class,shown,images;0,cats,0,1;1,dogs,-,0;2,empty,-,0;3,train,1,1;" "with both indices"
is "$(ls "$tmp" | grep -c map.tsv)" 1 "and leaves nothing beside it"
down
exits 3 "a class map that cannot be written" "${mount[@]}" -o "view=commercial,classmap=$tmp/no/map.tsv"
like "$err" "class map '$tmp/no/map.tsv': No such file" "is an error"
exits 3 "a class map of all views" "${mount[@]}" -o "classmap=$tmp/map.tsv"
like "$err" "one view" "is one too"

refused() { # NAME STATUS OPTIONS REGEX
	exits "$2" "$1" "${mount[@]}" -o "$3"
	like "$err" "$4" "$1: says why"
	ok "$1: nothing is mounted" sh -c "! mountpoint -q '$mnt'"
}
refused "an unknown view" 3 view=comercial "did you mean 'commercial'"
refused "a broken expression" 3 'where=commercial-use &' "[Ee]xpect|ends|column"
refused "a reservation without a basis" 3 'where=reserved' "basis"
refused "an unknown option" 2 allow_othr "did you mean 'allow_other'"
refused "two views" 2 'view=a,where=b' "exclude"
refused "a basis without expression" 3 basis=x "where="

# A view over the store itself must not be taken for the store.
cp -r "$store/.licensefs" "$tmp/own"
exits 0 "mounts over the store" licensefs mount "$store" "$store" -o "view=commercial"
exits 3 "a view is not scanned as if it were the store" licensefs scan "$store" --catalog "$tmp/own/catalog.db"
like "$err" "shows a view.*unmount" "says so"
exits 3 "nor mounted" licensefs mount "$store" "$mnt" -o "catalog=$tmp/own/catalog.db"
like "$err" "unmount" "says so"
licensefs umount "$store"
sanitizers_are_silent
plan
