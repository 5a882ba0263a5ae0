#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Remakes examples/store/ from photographs in Debian packages. Needs: imagemagick exiftool exiv2
# python3, apt's package lists, and about 220 MB below $TMPDIR while it runs. Where each photograph
# comes from, and which statements are written for demonstration only: examples/SOURCES.md.
set -euo pipefail
cd "$(dirname "$0")"
out=$PWD/store
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cc=https://creativecommons.org
export LC_ALL=C.UTF-8
convert=$(command -v magick || echo /usr/bin/convert)

fetch() { # PACKAGE...
	for package; do
		(cd "$work" && apt-get -q download "$package" >/dev/null 2>&1 && dpkg -x "$package"_*.deb .) ||
			{ echo "make-store: cannot fetch the Debian package '$package'; run apt-get update" >&2; exit 1; }
	done
}

# photo NAME SOURCE WIDTHxHEIGHT[+gravity] QUALITY: resizes and crops, drops all metadata.
photo() {
	local size=${3%+*} gravity=Center
	[ "$size" = "$3" ] || gravity=${3#*+}
	mkdir -p "$(dirname "$out/$1")"
	"$convert" -quiet -define jpeg:size=1000x1000 "$work/$2[0]" -strip -resize "$size^" -gravity "$gravity" \
		-extent "$size" +repage "${@:5}" -quality "$4" "$out/$1"
}
say() { exiftool -q -overwrite_original -charset iptc=UTF8 "${@:2}" "$out/$1"; }

rm -rf "$out"
mkdir -p "$out"
fetch lomiri-wallpapers-16.04 lomiri-wallpapers-20.04 palapeli-data python3-skimage python3-scipy \
	endless-sky-data
walls=usr/share/backgrounds
jigsaw=usr/share/palapeli/collection
skimage=usr/lib/python3/dist-packages/skimage/data
land=usr/share/games/endless-sky/images/land
python3 - "$work" <<-'P'
	import bz2, sys
	face = bz2.open(sys.argv[1] + "/usr/lib/python3/dist-packages/scipy/misc/face.dat").read()
	open(sys.argv[1] + "/raccoon.ppm", "wb").write(b"P6 1024 768 255\n" + face)
P

# --- animals
photo animals/tabby.jpg $skimage/chelsea.png 450x300 82
say animals/tabby.jpg -XMP-dc:Creator='Stéfan van der Walt' -XMP-dc:Title='Chelsea the cat' \
	-XMP-cc:License=$cc/publicdomain/zero/1.0/
photo 'animals/honey bee.jpg' $jigsaw/european-honey-bee.jpg 480x320 80
say 'animals/honey bee.jpg' -XMP-dc:Creator='John Severns' -XMP-dc:Title='European honey bee' \
	-XMP-xmpRights:WebStatement=$cc/publicdomain/mark/1.0/ -XMP-xmpRights:Marked=False
photo animals/nuthatch.jpg "$walls/Kleiber_by_Lukas_Baubkus.jpg" 480x320 82
say animals/nuthatch.jpg -EXIF:Artist='Lukas Baubkus' -XMP-dc:Creator='Lukas Baubkus' \
	-EXIF:Copyright='Lukas Baubkus, CC BY-SA 3.0' -XMP-cc:License=$cc/licenses/by-sa/3.0/
photo animals/raccoon.jpg raccoon.ppm 480x360 78
say animals/raccoon.jpg -XMP-dc:Creator='Example Photographer' \
	-XMP-xmpRights:UsageTerms='Creative Commons Attribution-NonCommercial 4.0 International' \
	-XMP-xmpRights:WebStatement=$cc/licenses/by-nc/4.0/
photo animals/spaniels.jpg "$walls/friends_by_Aitzol_Berasategi.jpg" 320x480+North 80
say animals/spaniels.jpg -EXIF:Artist='Aitzol Berasategi' \
	-EXIF:Copyright="Aitzol Berasategi. Licensed under CC BY 4.0, $cc/licenses/by/4.0/"
echo 'Two spaniels look out of a wooden window.' >"$out/animals/spaniels.txt"

# --- food
photo food/citrus.webp $jigsaw/citrus-fruits.jpg 480x320 75
say food/citrus.webp -XMP-dc:Creator='Example Studio' \
	-XMP-dc:Rights="(c) Example Studio, $cc/licenses/by-nd/2.0/"
photo food/espresso.png $skimage/coffee.png 300x200 95 -colors 128
say food/espresso.png -PNG:Author='Rachel Michetti' -PNG:Title='Coffee' \
	-PNG:Copyright="CC0 1.0 $cc/publicdomain/zero/1.0/"
photo food/fig.jpg "$walls/Picture_0B_by_freespace.jpg" 480x320 80
exiv2 -M'reg cc http://creativecommons.org/ns#' \
	-M'set Iptc.Application2.Byline String Trevor "Freespace"' \
	-M'set Iptc.Application2.Copyright String CC BY 4.0' \
	-M"set Xmp.cc.license XmpText $cc/licenses/by/4.0/" "$out/food/fig.jpg"
photo food/wine.jpg "$walls/Wine_by_Jakkub_Mede.jpg" 320x480 80
exiv2 -M'set Exif.Image.Artist Jakub Mede' -M"set Exif.Image.Copyright (c) 2018 Jakub Mede" \
	-M"set Xmp.xmpRights.WebStatement XmpText $cc/licenses/by/4.0/" "$out/food/wine.jpg"

# --- landscapes
photo landscapes/aizkorri-otoño.jpg "$walls/aitzgorri_by_Aitzol_Berasategi.jpg" 480x320 78
say landscapes/aizkorri-otoño.jpg -XMP-dc:Creator='Aitzol Berasategi' \
	-XMP-cc:License=$cc/licenses/by/4.0/deed.es
photo landscapes/azure-window.jpg $land/bwerner1.jpg 480x240 82
say landscapes/azure-window.jpg -XMP-dc:Creator='Berthold Werner' \
	-XMP-dc:Source=https://commons.wikimedia.org/wiki/User:Berthold_Werner \
	-XMP-xmpRights:UsageTerms='Creative Commons Attribution-Share Alike 3.0 Unported'
photo landscapes/dandelions.jpg "$walls/seeding_by_Clements_Engelhardt.jpg" 480x320 82
cat >"$work/optout.xmp" <<-X
	<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
	<rdf:Description rdf:about="" xmlns:cc="http://creativecommons.org/ns#"
	 xmlns:plus="http://ns.useplus.org/ldf/xmp/1.0/"
	 plus:DataMining="http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-AIMLTRAINING">
	<cc:license rdf:resource="$cc/publicdomain/zero/1.0/"/>
	</rdf:Description></rdf:RDF></x:xmpmeta>
X
say landscapes/dandelions.jpg "-XMP<=$work/optout.xmp"
photo landscapes/kilauea.tif $land/lava0.jpg 400x200 85 -compress JPEG
say landscapes/kilauea.tif -EXIF:Artist='U.S. Geological Survey' \
	-EXIF:Copyright='Public domain' -XMP-xmpRights:UsageTerms='Public domain'
photo landscapes/pic-du-midi.jpg $land/myrabella8.jpg 480x240 82
cat >"$out/landscapes/pic-du-midi.xmp" <<-X
	<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
	<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
	<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:cc="http://creativecommons.org/ns#">
	<dc:creator><rdf:Seq><rdf:li>Myrabella</rdf:li></rdf:Seq></dc:creator>
	<cc:license rdf:resource="$cc/licenses/by-sa/3.0/"/>
	</rdf:Description></rdf:RDF></x:xmpmeta>
	<?xpacket end="w"?>
X
photo landscapes/picos-de-europa.jpg "$walls/picosdeeuropa_by_Aitzol_Berasategi.jpg" 480x320 78
say landscapes/picos-de-europa.jpg -XMP-dc:Creator='Aitzol Berasategi' \
	-XMP-xmpRights:Marked=True -XMP-xmpRights:WebStatement=$cc/licenses/by/4.0/

# --- night
photo night/bridge.jpg $jigsaw/cincinnati-bridge.jpg 480x320 80
say night/bridge.jpg -IPTC:By-line='Example Photographer' \
	-IPTC:CopyrightNotice="CC BY-NC-SA 2.0"
photo night/launch-pad.jpg $land/nasa4.jpg 480x240 82
say night/launch-pad.jpg -EXIF:Copyright="$cc/licenses/by-nc-nd/4.0/"
photo night/lightning.jpg $land/nasa7.jpg 480x240 82
say night/lightning.jpg -XMP-cc:License=$cc/licenses/by/4.0/ \
	-XMP-xmpRights:UsageTerms='Licensed under CC BY-NC-ND 4.0'

# --- space
photo space/earthrise.jpg $land/earthrise.jpg 480x240 82
photo space/falcon9.jpg $skimage/rocket.jpg 480x320 82
say space/falcon9.jpg -EXIF:Artist='Example Agency' \
	-EXIF:Copyright='(c) 2015 Example Agency. All rights reserved.' \
	-XMP-xmpRights:UsageTerms='All rights reserved'
photo space/hubble.png $skimage/hubble_deep_field.jpg 240x240 95 -colors 96
say space/hubble.png -PNG:Author='NASA, ESA' -PNG:Copyright='Public domain'
photo space/soyuz.gif $land/nasa1.jpg 320x160 90 -colors 96
say space/soyuz.gif -Comment='NASA' -XMP-dc:Creator=NASA \
	-XMP-cc:License=$cc/publicdomain/mark/1.0/
photo space/mars.jpg $land/desert0.jpg 480x240 82
say space/mars.jpg -XMP-dc:Creator='Example Uploader' -XMP-xmpRights:UsageTerms='Unsplash License' \
	-XMP-xmpRights:WebStatement=https://unsplash.com/license
photo space/rockets.jpg $land/station4.jpg 480x240 70
say space/rockets.jpg -XMP-dc:Creator='Example Museum' \
	-XMP-xmpRights:UsageTerms='CC-BY-ND-3.0 OR CC-BY-NC-4.0'
photo space/station.jpg $land/station3.jpg 480x240 82
say space/station.jpg -XMP-dc:Creator=NASA -XMP-cc:License=$cc/publicdomain/mark/1.0/

cat >"$out/README.txt" <<-'R'
	Photographs in five classes, with the rights statements that licensefs reads.
	Some statements were written for demonstration and are not the photograph's own license;
	examples/SOURCES.md in the source tree of licensefs names photographer, source and true license.
R
find "$out" -type f -exec chmod 644 {} +
du -sh "$out"
