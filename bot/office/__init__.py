"""The office: what operators and researchers see of those who agreed to research, and a model that learns.

reading    opens their answers, nobody else's      sheet     one tidy row a person, in the report's codes
export     CSV or Parquet                          codebook  what each column means, by version
tally      counts for the report, column by column
hiding     small cells, and what betrays them    published  the report's shares beside the collected ones
drift      has the world moved away?               quality   do the models still hold?
parts      the sections of the report               blocks    what a section is made of
charts     plots                                   canvas    what they are drawn on
report     the page, in both languages
publishing tables with noise, and their budget
town       imagined workers                        walking   how they talk to the real bot
habits     how they slip, skip and fall silent
retraining a model that learns                     commands  what each command does
command_line  what each command takes
page       the same report, live, on this machine   breach    what must be told when something leaked
complaint  how one worker's result came about
"""
