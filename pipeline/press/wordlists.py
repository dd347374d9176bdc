"""Short lists of words that names are told by. Data only.

Made for this project from general knowledge of newspaper English and Russian; they need not be complete: a word that
is missing costs a speaker, never a quote.
"""

from __future__ import annotations

from typing import Final


def words(text: str) -> tuple[str, ...]:
    """The words of a list that is written as a text."""
    return tuple(text.split())


HE_TITLES: Final = frozenset(words("mr sir lord king prince king father господин г-н пан chairman spokesman"))
SHE_TITLES: Final = frozenset(
    words("mrs ms miss lady dame queen princess madam baroness sister госпожа г-жа пани chairwoman spokeswoman")
)
TITLES: Final = (
    HE_TITLES
    | SHE_TITLES
    | frozenset(
        words("""
    dr prof professor gen general lt lieutenant col colonel maj major capt captain sgt sergeant cpl corporal pvt
    private brig brigadier adm admiral commander cmdr cdr marshal chief president vice-president premier prime
    minister secretary deputy senator sen congressman congresswoman representative rep governor gov mayor judge
    justice ambassador chancellor pope cardinal archbishop bishop rabbi imam patriarch rev reverend dictator
    commissioner detective inspector officer director foreign defence defense interior finance health justice
    education chairman chairwoman spokesman spokeswoman spokesperson coach editor analyst lawyer executive financial
    operating historian activist президент премьер премьер-министр министр генерал полковник майор капитан лейтенант
    сержант адмирал маршал губернатор мэр депутат сенатор патриарх посол судья профессор академик доктор господин
    госпожа
    """)
    )
)
NOT_NAMES: Final = frozenset(
    words("""
    the a an in on at but and so if when while after before as for from with to by of he she they it we i you this
    that these those there here what who why how not no yes now then later earlier meanwhile however our my his her
    their its one two three some many most asked speaking according monday tuesday wednesday thursday friday
    saturday sunday january february march april may june july august september october november december all any
    both each every since until although though because once also even still just only such well let do did does is
    are was were have has had can could will would should must more other another last next first second do don’t
    don't isn’t it’s it's that’s that's we’re i’m i'm there’s said says told added about under over during despite
    instead never в во на по и а но он она они оно мы вы я ты это эта этот эти тот так как что кто где когда если же
    за из из-за от до для при без под над об обо о у к ко с со не ни нет да или либо также тоже однако ранее позже
    затем потом после перед между тем теперь сейчас сегодня вчера завтра там тут здесь наш наша наши его ее её их
    мой моя свой все всё вся весь каждый другой один одна два три по-моему кроме хотя пока уже еще ещё только даже
    лишь ведь вот при этом словам мнению данным сообщению согласно понедельник вторник среда четверг пятница суббота
    воскресенье січень він вона вони воно це та й що як коли якщо ми ви за його її їх
    """)
)
ORGANISATION_WORDS: Final = frozenset(
    words("""
    ministry party house university department group army council nations union office agency association bank
    committee company corporation court federation forces fleet front government institute league navy party police
    parliament press republic reuters senate service society state states times today guardian post journal news
    channel radio television tv bbc cnn ap afp tass ria interfax meduza telegram twitter facebook x youtube whatsapp
    new north south east west northern southern eastern western central street avenue road square river sea ocean
    mount lake island islands city county region airport station bridge hospital school college museum theatre
    church international national royal federal united european american british russian ukrainian german french
    chinese european soviet brigade division battalion regiment corps squadron kremlin duma pentagon congress kyiv
    kiev moscow london washington paris berlin brussels europe russia ukraine britain america china france germany
    england scotland wales ireland poland turkey israel iran iraq syria nato un eu uk us usa министерство минобороны
    партия университет группа армия совет союз банк комитет компания корпорация суд федерация флот правительство
    институт лига полиция парламент республика служба новости новостей агентство тасс риа интерфакс медуза рбк
    коммерсант коммерсантъ ведомости известия телеграм телеграм-канал рейтер россия россии российской российский
    украина украины москва москве москвы киев киева киеве европа сша кремль кремля кремле госдума госдумы дума мид
    мида мвд мчс фсб ск нато оон евросоюз евросоюза северный южный восточный западный улица проспект площадь река
    область области край края район района
    """)
)
AGENCIES: Final = frozenset(
    words("ap afp reuters tass ria interfax bbc cnn тасс риа интерфакс рбк рейтер би-би-си мид мвд")
)
HE_NAMES: Final = frozenset(
    words("""
    james john robert michael william david richard joseph thomas charles christopher daniel matthew anthony mark
    donald steven paul andrew joshua kenneth kevin brian george edward ronald timothy jason jeffrey ryan jacob gary
    nicholas eric jonathan stephen larry justin scott brandon benjamin samuel gregory frank alexander raymond
    patrick jack dennis jerry tyler aaron henry peter adam nathan zachary walter kyle harold carl arthur roger keith
    jeremy lawrence sean christian albert alan ian simon martin graham neil hugh oliver harry tom tim ben sam joe
    bill bob jim mike dan nick steve phil colin graham derek nigel trevor harold victor howard leonard clive rowan
    ivan sergei sergey dmitry dmitri alexei aleksei alexey mikhail nikolai vladimir yuri oleg igor andrei andrey
    pavel viktor anatoly boris maxim maksim konstantin roman kirill denis artem volodymyr oleksandr serhiy andriy
    mykola petro ahmed mohammed muhammad ali hassan omar иван сергей дмитрий алексей михаил николай владимир юрий
    олег игорь андрей павел виктор анатолий борис максим константин роман кирилл денис артем артём александр антон
    василий григорий евгений леонид пётр петр степан фёдор федор тимофей ярослав владислав вячеслав станислав
    георгий валерий виталий вадим руслан рустам илья никита володимир олександр сергій андрій микола петро
    """)
)
SHE_NAMES: Final = frozenset(
    words("""
    mary patricia jennifer linda elizabeth barbara susan jessica sarah karen lisa nancy betty margaret sandra ashley
    kimberly emily donna michelle carol amanda melissa deborah stephanie rebecca sharon laura cynthia kathleen amy
    angela shirley anna brenda pamela emma nicole helen samantha katherine christine rachel carolyn janet catherine
    maria heather diane ruth julie olivia joyce virginia victoria kelly lauren christina joan evelyn judith megan
    andrea cheryl hannah jacqueline martha gloria teresa ann sara jane julia grace alice claire charlotte lucy kate
    fiona edna martha ruth linda rosa irene agnes edith esther doris joan wendy sally penny harriet matilda natalia
    natalya olga tatiana tatyana elena yelena irina svetlana ekaterina yekaterina marina galina lyudmila nina vera
    valentina anastasia darya daria yulia oksana ksenia polina sofia fatima aisha мария анна елена ольга татьяна
    наталья наталия ирина светлана екатерина марина галина людмила нина вера валентина анастасия дарья юлия оксана
    ксения полина софия софья александра алла алина валерия вероника виктория жанна зоя инна карина кристина лариса
    любовь маргарита надежда раиса тамара тереза яна олена наталія
    """)
)
# What "the colonel" may have been called when the person was introduced.
ROLES: Final = {
    "colonel": ("col",), "general": ("gen",), "lieutenant": ("lt",), "major": ("maj",), "captain": ("capt",),
    "sergeant": ("sgt",), "admiral": ("adm",), "senator": ("sen",), "governor": ("gov",), "professor": ("prof",),
    "representative": ("rep",), "doctor": ("dr",), "commander": ("cmdr",), "soldier": (), "officer": (),
    "president": (),
    "minister": (), "mayor": (), "ambassador": (), "spokesman": (), "spokeswoman": (), "spokesperson": (), "coach": (),
    "director": (), "lawyer": (), "judge": (), "analyst": (), "adviser": (), "secretary": (),
    "chairman": (), "author": (),
    "полковник": ("полковника",), "генерал": ("генерала",), "майор": ("майора",), "капитан": ("капитана",),
    "сержант": ("сержанта",), "лейтенант": ("лейтенанта",), "адмирал": (), "президент": (), "министр": (),
    "губернатор": (), "мэр": (), "депутат": (), "сенатор": (), "командир": (), "командующий": (), "офицер": (),
    "офицера": (), "военный": (), "военного": (), "полковника": ("полковник",), "генерала": ("генерал",),
    "сержанта": ("сержант",), "президента": ("президент",), "министра": ("министр",), "губернатора": ("губернатор",),
    "мэра": ("мэр",), "директор": (), "тренер": (), "адвокат": (), "посол": (), "пресс-секретарь": (), "политик": (),
}  # fmt: skip
# Words for someone the reader knows already, and the pronoun that fits them.
GENERIC_ROLES: Final = {
    "man": "he", "woman": "she", "officer": "he", "soldier": "he", "commander": "he", "politician": "he",
    "official": "he",
    "офицер": "he", "офицера": "he", "военный": "he", "военного": "he", "командир": "he", "политик": "he",
    "чиновник": "he", "чиновница": "she", "мужчина": "he", "мужчины": "he", "женщина": "she", "женщины": "she",
    "девушка": "she", "девушки": "she", "пенсионер": "he", "пенсионерка": "she", "боец": "he", "солдат": "he",
    "старик": "he", "собеседник": "he", "собеседница": "she", "учительница": "she", "жительница": "she",
}  # fmt: skip
